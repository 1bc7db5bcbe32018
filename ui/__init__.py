"""Where people meet it: the web application and the command line.

- ``app``        builds the FastAPI application; ``cli`` starts it and the other commands
- ``live``       the WebSockets of docs/live-protocol.md; ``hub`` who listens; ``views`` who sees what
- ``api``        login, sessions, passages; ``auth`` cookies and keys; ``security`` caps, limits, headers
- ``customer``, ``desk``   the Gradio pages; ``theme`` what they share; ``static`` what runs in the browser
- ``login_page``, ``i18n``   the login form and server-side texts
"""
