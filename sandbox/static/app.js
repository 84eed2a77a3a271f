// The page: the address says which chat is open, the store says what there is, the views draw it.

import { drawChats, startChats } from "./chats.js";
import { drawClock, startClock } from "./clock.js";
import { drawComposer, startComposer } from "./composer.js";
import { drawConversation, startConversation } from "./conversation.js";
import { $, attempt } from "./dom.js";
import { listen } from "./live.js";
import { drawConnection, startMenus } from "./menus.js";
import { changed, markRead, openChatById, store, subscribe } from "./store.js";

const wide = matchMedia("(min-width: 760px)");

function chatInAddress() {
  const match = /^#chat=(-?\d+)$/.exec(location.hash);
  return match ? Number(match[1]) : null;
}

async function followAddress() {
  const id = chatInAddress();
  await attempt("Không mở được cuộc trò chuyện", async () => {
    await openChatById(id);
    await markRead();
  });
  // On a desk one may write at once; on a phone the keyboard would cover what one came to read. Whoever has gone
  // elsewhere meanwhile (a menu, the search) is left there.
  const resting = document.activeElement === document.body || $("chat-list").contains(document.activeElement);
  if (id !== null && id === store.open && wide.matches && resting) $("text").focus({ preventScroll: true });
}

function followMigration() {
  const moved = store.chats.get(store.open)?.migrated_to;
  if (moved) location.replace(`#chat=${moved}`);
}

let cameFromList = false;

function startNavigation() {
  addEventListener("hashchange", followAddress);
  $("chat-list").addEventListener("click", () => (cameFromList = true));
  $("back").addEventListener("click", (event) => {
    event.preventDefault();
    // Back to the list is a step back where the list came before, so that the phone's own back button agrees.
    if (cameFromList) history.back();
    else location.hash = "";
    cameFromList = false;
  });
  document.addEventListener("visibilitychange", () => markRead().catch(() => {}));
}

startChats();
startClock();
startComposer();
startConversation();
startMenus();
startNavigation();
for (const draw of [drawConnection, drawClock, drawChats, drawComposer, drawConversation, followMigration]) subscribe(draw);
changed();
listen();
followAddress();
