"""Alembic migrations; they run when the store is opened. New one: see CONTRIBUTING."""
