"""What Alembic runs to migrate: on the connection it is given, within that connection's transaction."""

from __future__ import annotations

from alembic import context

from compliance.store.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
