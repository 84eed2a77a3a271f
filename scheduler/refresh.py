"""Keep the store in line with the plans' files: at start, and whenever a file changes.

A file that cannot be accepted leaves the running plan in force; the operator hears of it once a day for each state
of the file. An edit may wait for the standing office's yes (see scheduler.takeover). After a restore the store has the
backup's plans: all files are looked at anew.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import structlog
from sqlalchemy import select

from bot.asks import close_needless
from bot.notes import tell_operators
from plan.load import load_plan, plan_digest
from plan.problems import PlanRejected, Problem
from plan.vietnam import day_of
from scheduler.takeover import take_over
from scheduler.troubles import plan_rejected
from store.database import Database
from store.plan_changes import is_accepted
from store.restores import Restore, last_restore
from store.sync import retire_missing_plans
from store.tables import PlanRow
from store.timetable import Timetable
from store.turns import PLAN, take_turn

_log = structlog.get_logger("plan")


class PlanKeeper:
    """Remembers what it has seen of each file, so that an unchanged file costs a look only. `confirms_changes`: edits of a
    plan in force wait for its standing office, where that has a chat."""

    def __init__(
        self,
        database: Database,
        paths: Sequence[Path],
        timetable: Timetable,
        *,
        confirms_changes: bool = True,
    ) -> None:
        self._database = database
        self._paths = tuple(paths)
        self._timetable = timetable
        self._confirms = confirms_changes
        self._seen: dict[Path, str] = {}
        self._in_force: dict[Path, str] = {}
        self._waiting: set[Path] = set()
        self._looked_on: dict[Path, date] = {}
        self._restore: Restore | None = None

    async def start(self, *, now: datetime, wall: datetime) -> None:
        """Bring all plans in at start. Raises PlanRejected if a file is not acceptable and no plan was ever in force."""
        # Asked first: a restore in the middle of this is found at the next look.
        restore = await self._last_restore()
        rejected = await self._take_over_all(now=now, wall=wall)
        if rejected and not await self._any_plan():
            raise PlanRejected(rejected)
        self._restore = restore

    async def refresh(self, *, now: datetime, wall: datetime) -> bool:
        """Look at the files; True when one had changed or got its yes, and so did the store: a plan taken over, or people
        told. The first look after a restore takes all of them over."""
        restore = await self._last_restore()
        if restore != self._restore:
            _log.warning("a backup was put in force", restore=restore and restore.id)
            await self._take_over_all(now=now, wall=wall)
            self._restore = restore
            return True
        digests = {path: plan_digest(path) for path in self._paths}
        changed = [
            path
            for path, digest in digests.items()
            if digest != self._seen.get(path)
            or await self._has_got_its_yes(path, digest)
            or self._is_to_be_asked_about(path, now)
        ]
        for path in changed:
            await self._refresh(path, digests[path], now=now, wall=wall)
        return bool(changed)

    async def _take_over_all(self, *, now: datetime, wall: datetime) -> list[Problem]:
        """All files as they are now; plans that no file stands for are retired. Returns why files were rejected."""
        rejected = [
            problem
            for path in self._paths
            for problem in await self._refresh(path, plan_digest(path), now=now, wall=wall)
        ]
        if not rejected:
            async with self._database.write() as session:
                await take_turn(session, PLAN)
                for key in await retire_missing_plans(session, self._in_force.values(), now=now):
                    _log.info("plan retired", plan=key)
                await close_needless(session, now=now, wall=wall)
        return rejected

    def _is_to_be_asked_about(self, path: Path, now: datetime) -> bool:
        """Once on every working day, for the question may not have reached anybody."""
        day = self._timetable.hours.scan_day(now, self._timetable.calendar)
        return path in self._waiting and day is not None and self._looked_on[path] < day

    async def _has_got_its_yes(self, path: Path, digest: str) -> bool:
        if path not in self._waiting:
            return False
        async with self._database.read() as session:
            return await is_accepted(session, plan_key=self._in_force[path], digest=digest)

    async def _last_restore(self) -> Restore | None:
        async with self._database.read() as session:
            return await last_restore(session)

    async def _refresh(
        self, path: Path, digest: str, *, now: datetime, wall: datetime
    ) -> tuple[Problem, ...]:
        """Take over one file, fingerprinted before; returns the problems for which it was rejected."""
        try:
            plan, findings = load_plan(path)
            self._refuse_second_owner(plan.key, path)
        except PlanRejected as rejected:
            await self._reject(path, digest, rejected, now=now, wall=wall)
            self._seen[path] = digest
            self._waiting.discard(path)
            return rejected.problems
        for finding in findings:
            _log.debug("plan", finding=str(finding))
        async with self._database.write() as session:
            taken = await take_over(
                session, plan, digest, self._timetable, confirms=self._confirms, now=now, wall=wall
            )
        # Only now: what trouble with the database kept out is tried again.
        self._seen[path], self._in_force[path], self._looked_on[path] = digest, plan.key, day_of(now)
        (self._waiting.add if taken.waits else self._waiting.discard)(path)
        if taken.result is not None:
            _log.info("plan in force", plan=plan.key, **asdict(taken.result))
        else:
            _log.info("plan not taken over", plan=plan.key, waits_for_the_standing_office=taken.waits)
        return ()

    def _refuse_second_owner(self, key: str, path: Path) -> None:
        for other, taken in self._in_force.items():
            if taken == key and other != path:
                message = f'key "{key}" is that of {other} already: every plan needs a key of its own'
                raise PlanRejected([Problem(file=str(path), line=None, field="key", message=message)])

    async def _any_plan(self) -> bool:
        async with self._database.read() as session:
            return await session.scalar(select(PlanRow.key).where(PlanRow.retired.is_(False))) is not None

    async def _reject(
        self, path: Path, digest: str, rejected: PlanRejected, *, now: datetime, wall: datetime
    ) -> None:
        for problem in rejected.problems:
            _log.error("plan rejected", problem=str(problem))
        async with self._database.write() as session:
            # Every process has seen the file; one tells of it.
            await take_turn(session, PLAN)
            await tell_operators(
                session,
                plan_rejected(path, rejected),
                key=f"plan-rejected:{day_of(now).isoformat()}:{digest[:16]}",
                wall=wall,
            )
