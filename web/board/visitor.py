"""Who looks at the board, and what they may: as their chat is bound at this very moment."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.menu import Command
from bot.request import Person, Place
from bot.rights import Verdict, judge
from store.chats import Bindings, bindings_of
from store.lookup import plans_overseen, plans_steered
from store.sign_ins import Session
from store.states import Role
from store.tables import ChatRow


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A person who is signed in, with the rights that their chat has now. `plans` are the keys of those that they may read,
    `steered` of those that they may change."""

    session_id: int
    chat: ChatRow
    person: Person
    bindings: Bindings
    plans: frozenset[str]
    steered: frozenset[str]
    proof: str

    def may(self, command: Command) -> bool:
        """Whether the chat may give the command: the page that shows the same is open to whoever may."""
        return judge(command, self.bindings.roles) is Verdict.YES

    @property
    def may_act(self) -> bool:
        """A standing office can do here what it can do in its chat; leaders read."""
        return Role.STANDING_OFFICE in self.bindings.roles

    @property
    def place(self) -> Place:
        return Place(channel=self.chat.channel, address=self.chat.address, kind=self.chat.kind)


async def visitor_of(session: AsyncSession, signed_in: Session, proof: str) -> Visitor:
    """With the rights of this moment."""
    bindings = await bindings_of(session, signed_in.chat.id)
    return Visitor(
        session_id=signed_in.id,
        chat=signed_in.chat,
        person=Person(id=signed_in.person, name=signed_in.person_name),
        bindings=bindings,
        plans=await plans_overseen(session, bindings),
        steered=await plans_steered(session, bindings),
        proof=proof,
    )
