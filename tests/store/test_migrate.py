"""The migrations: the schema of the tables, from nothing and from every schema that was ever in use."""

import asyncio
import sys
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

import store.upgrade
from store.database import Database
from store.migrate import UnknownSchema, known_revisions, migrate
from store.states import InboxState, NoticeState, OutboxState, Role
from store.tables import AssignmentRow, Base, BindingRow, ChatRow, InboxRow, NoticeRow, OutboxRow, ProposalRow
from store.upgrade import upgrade
from tests.worlds import at


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_the_migrations_give_exactly_the_schema_of_the_tables(database: Database) -> None:
    async with database.engine.connect() as connection:
        differences = await connection.run_sync(_differences)

    assert differences == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await migrate(database)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


MIGRATE = """
import asyncio, sys
from datetime import timedelta
import store.upgrade
from store.database import Database
from store.migrate import migrate

async def go() -> None:
    # On a machine that is busy the six of them take their time.
    database = Database(sys.argv[1], patience=timedelta(minutes=1))
    print("ready", flush=True)
    sys.stdin.readline()
    await migrate(database)
    await database.close()

asyncio.run(go())
"""


async def test_several_processes_that_start_at_the_same_moment_on_nothing_all_find_the_schema(
    empty_url: str,
) -> None:
    several = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, empty_url,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(6)
    ]  # fmt: skip
    for process in several:
        assert process.stdout is not None
        await process.stdout.readline()

    said = await asyncio.gather(*(process.communicate(b"\n") for process in several))

    assert [process.returncode for process in several] == [0] * 6, said
    database = Database(empty_url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await database.close()


OLD_ROWS = (
    "INSERT INTO plans (key, year, title, document, standing_office, loaded_at, retired)"
    " VALUES ('thu-2023', 2023, 'Kế hoạch thử', '1/KH', 'SNV', '2023-01-03 00:00:00', {false})",
    "INSERT INTO agencies (code, name, kind, aliases) VALUES ('STP', 'Sở Tư pháp', 'so', '[]')",
    "INSERT INTO items (id, plan_key, code, task, title, product, schedule, lead, support, position)"
    " VALUES (1, 'thu-2023', '1.1', '1.1', 'Nhiệm vụ', 'Kế hoạch', 'Quý I', '[]', '[]', 0)",
    "INSERT INTO assignments (id, item_id, agency, slot, period, kind, due, state, retired)"
    " VALUES (1, 1, 'STP', '', 'quý I', 'dates', '2023-03-31', 'open', {false})",
    "INSERT INTO chats (id, channel, address, kind, recent_sends)"
    " VALUES (1, 'telegram', '77', 'private', '[]')",
    "INSERT INTO pace (channel) VALUES ('telegram')",
    "INSERT INTO inbox (id, channel, update_id, raw, state, received_at)"
    " VALUES (1, 'telegram', '500', '{{\"update_id\": 500}}', 'new', '2023-03-01 00:30:00')",
    "INSERT INTO outbox (id, chat_id, kind, priority, key, morning, state, ready_at, attempts, repeat,"
    " external_ids, created_at) VALUES (1, 1, 'notice', 10, 'morning:2023-03-01:1:0', '2023-03-01', 'queued',"
    " '2023-03-01 00:30:00', 0, {false}, '[]', '2023-03-01 00:30:00')",
    "INSERT INTO notices (id, assignment_id, milestone, due, chat_id, planned_on, state, outbox_id)"
    " VALUES (1, 1, 'due-30', '2023-03-31', 1, '2023-03-01', 'pending', 1)",
    "INSERT INTO bindings (chat_id, role, agency, bound_at)"
    " VALUES (1, 'officer', 'SNV', '2023-03-01 00:30:00')",
    "INSERT INTO bindings (chat_id, role, agency, bound_at)"
    " VALUES (1, 'officer', 'STP', '2023-03-01 00:30:00')",
    "INSERT INTO proposals (id, chat_id, assignment_ids, alternatives, document, note, created_at, expires_at)"
    " VALUES (1, 1, '[1]', '[]', '15/KH', NULL, '2023-03-01 00:30:00', '2023-03-02 00:30:00')",
)


async def test_a_database_of_the_first_schema_keeps_its_rows(empty_url: str) -> None:
    database = Database(empty_url)
    try:
        await _fill_the_first_schema(database)

        await migrate(database)

        async with database.engine.connect() as connection:
            assert await connection.run_sync(_differences) == []
        async with database.read() as session:
            [chat] = await session.scalars(select(ChatRow))
            [arrived] = await session.scalars(select(InboxRow))
            [message] = await session.scalars(select(OutboxRow))
            [notice] = await session.scalars(select(NoticeRow))
            [assignment] = await session.scalars(select(AssignmentRow))
            [proposal] = await session.scalars(select(ProposalRow))
            bindings = {(row.role, row.agency) for row in await session.scalars(select(BindingRow))}
        assert (chat.address, chat.not_before) == ("77", None)
        assert (arrived.raw, arrived.state, arrived.lane) == ({"update_id": 500}, InboxState.NEW, "")
        assert (message.key, message.state) == ("morning:2023-03-01:1:0", OutboxState.QUEUED)
        assert (message.ready_at, message.listed_on) == (at("2023-03-01", "07:30"), None)
        assert (notice.outbox_id, notice.state) == (message.id, NoticeState.PENDING)
        assert (assignment.plan_due, assignment.set_due, assignment.extensions) == (
            date(2023, 3, 31),
            None,
            0,
        )
        assert (proposal.action, proposal.details) == ("done", {"document": "15/KH", "note": None})
        assert bindings == {(Role.OFFICER, "SNV"), (Role.OFFICER, "STP"), (Role.STANDING_OFFICE, "SNV")}
    finally:
        await database.close()


async def _fill_the_first_schema(database: Database) -> None:
    false = "0" if database.is_sqlite else "false"
    async with database.write() as session:
        connection = await session.connection()
        await connection.run_sync(upgrade, "0001")
        for row in OLD_ROWS:
            await connection.exec_driver_sql(row.format(false=false))


def test_the_schemas_that_this_program_knows_are_those_of_its_migrations() -> None:
    scripts = ScriptDirectory(str(Path(store.upgrade.__file__).parent / "migrations"))

    assert known_revisions() == {script.revision for script in scripts.walk_revisions()}
    assert max(known_revisions()) == scripts.get_current_head()


async def test_a_database_of_a_newer_program_is_left_as_it_is(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UnknownSchema) as refused:
        await migrate(database)

    assert refused.value.revision == "9999"
