"""Who speaks, and why: the conversation's states, its store, the guard, the packet and the desk.

Where things live:

- ``conversation``  states and actions as one pure table; Conversation, Message, Event
- ``verdict``       Draft, Turn, Verdict and the Guard protocol
- ``requests``, ``smalltalk``, ``mood``, ``repetition``   what single texts say (pure functions)
- ``rules``         the hard rules built on them; ``guard`` the RuleGuard that applies them
- ``facts``, ``handoff``   what was said, as the packet that an agent reads
- ``customers``     the seam to the operator's customer records
- ``schema``, ``store``, ``events``   tables, the SQL store, notifications (migrations beside them)
- ``accounts``, ``desk``   human agents and what they do; ``learning`` proposes aliases from it
"""

from .accounts import AccountError, Accounts, HumanAgent, Role
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
from .guard import GuardPolicy, RuleGuard
from .handoff import Handoff, build_handoff
from .learning import Learning
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
    "NotFound",
    "NotYours",
    "QueueRow",
    "Reason",
    "Result",
    "Role",
    "RuleGuard",
    "SQLStore",
    "Status",
    "StoreError",
    "Turn",
    "Verdict",
    "VersionConflict",
    "build_handoff",
    "next_status",
]
