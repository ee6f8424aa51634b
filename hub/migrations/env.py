"""Alembic's entry: runs the migrations on the connection that hub/schema.py gives."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=False)
context.run_migrations()
