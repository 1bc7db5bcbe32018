"""Who speaks, and why: the conversation's states, its store, the guard, the packet and the desk.

Where things live:

- ``conversation``  states and actions as one pure table; Conversation, Message, Event
- ``verdict``       Draft, Turn, Verdict and the Guard protocol
- ``requests``, ``smalltalk``, ``mood``, ``repetition``   what single texts say (pure functions)
- ``rules``         the hard rules built on them; ``guard`` the RuleGuard that applies them
- ``policy``, ``policyfile``   the operator's numbers and rules, and the file they stand in (read by ``yamlfile``);
  ``ruling`` what the rules make of a turn, by ``hours`` and ``phrases``
- ``handoff``       writes the ``packet`` from ``facts``, ``question``, ``intents``, ``promises``, ``advice`` and
  ``summary``
- ``receipt``       what the customer sees of it, and corrects
- ``masking``, ``audit``   numbers that nobody needs to see, and who looked at them
- ``customers``     the seam to the operator's customer records
- ``schema``, ``store``, ``events``   tables, the SQL store, notifications (migrations beside them)
- ``accounts``, ``desk``   human agents and what they do; ``learning`` proposes aliases from it
"""

from .accounts import AccountError, Accounts, HumanAgent, Role
from .audit import AuditLine, NotAllowed, Unmasked, audit_lines
from .conversation import (
    TRANSITIONS,
    Action,
    Author,
    Conversation,
    ConversationError,
    Event,
    EventKind,
    InvalidTransition,
    Message,
    NotFound,
    NotYours,
    Status,
    VersionConflict,
    next_status,
)
from .customers import Customer, CustomerDirectory, CustomerFileError, FileCustomerDirectory
from .desk import Desk, Disposition, QueueRow
from .events import EventBus, LocalBus
from .guard import RuleGuard
from .handoff import Handoff, bare_handoff, build_handoff, refresh_handoff
from .learning import Learning
from .masking import Vault
from .policy import GuardPolicy
from .policyfile import PolicyFile
from .receipt import Receipt, ReceiptError, ReceiptLine, receipt
from .store import (
    ConversationStore,
    NewEvent,
    NewMessage,
    Result,
    SQLStore,
    StoreError,
)
from .verdict import Decision, Draft, DraftKind, Evidence, Guard, Reason, Turn, Verdict

__all__ = [
    "TRANSITIONS",
    "AccountError",
    "Accounts",
    "Action",
    "AuditLine",
    "Author",
    "Conversation",
    "ConversationError",
    "ConversationStore",
    "Customer",
    "CustomerDirectory",
    "CustomerFileError",
    "Decision",
    "Desk",
    "Disposition",
    "Draft",
    "DraftKind",
    "Event",
    "EventBus",
    "EventKind",
    "Evidence",
    "FileCustomerDirectory",
    "Guard",
    "GuardPolicy",
    "Handoff",
    "HumanAgent",
    "InvalidTransition",
    "Learning",
    "LocalBus",
    "Message",
    "NewEvent",
    "NewMessage",
    "NotAllowed",
    "NotFound",
    "NotYours",
    "PolicyFile",
    "QueueRow",
    "Reason",
    "Receipt",
    "ReceiptError",
    "ReceiptLine",
    "Result",
    "Role",
    "RuleGuard",
    "SQLStore",
    "Status",
    "StoreError",
    "Turn",
    "Unmasked",
    "Vault",
    "Verdict",
    "VersionConflict",
    "audit_lines",
    "bare_handoff",
    "build_handoff",
    "next_status",
    "receipt",
    "refresh_handoff",
]
