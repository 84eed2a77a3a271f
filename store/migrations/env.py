"""Alembic's entry: runs on the connection that store.migrate hands over."""

from alembic import context

from store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # The caller's transaction is the transaction.
    transactional_ddl=False,
)
with context.begin_transaction():
    context.run_migrations()
