// What the page knows: the server's state, the open chat's messages, the connection. Views subscribe and redraw.

import { api } from "./api.js";

export const store = {
  bot: { first_name: "Bot", username: "" },
  chats: new Map(),
  clock: null,
  clockReadAt: 0,
  limits: {},
  webhook: {},
  zalo: null,
  loaded: false,
  connection: "connecting",
  open: null,
  unreadAtOpening: 0,
  messages: new Map(),
  messagesLoaded: false,
};

const listeners = [];
let queued = false;

export const subscribe = (listener) => listeners.push(listener);

// Many changes in one turn of the event loop redraw once.
export function changed() {
  if (queued) return;
  queued = true;
  queueMicrotask(() => {
    queued = false;
    for (const listener of listeners) listener();
  });
}

export const openChat = () => store.chats.get(store.open) ?? null;

export function setClock(clock) {
  store.clock = clock;
  store.clockReadAt = performance.now();
  changed();
}

// Milliseconds since 1970 on the sandbox's clock.
export function simulatedNow() {
  const { clock, clockReadAt } = store;
  if (!clock) return Date.now();
  const gone = clock.running ? (performance.now() - clockReadAt) * clock.speed : 0;
  return Date.parse(clock.now) + gone;
}

// Runs a reading at most once at a time; a wish that comes meanwhile is served by one more run at the end.
function once(read, pause) {
  let running = null;
  let again = false;
  return function run() {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await read();
        if (again) await new Promise((resolve) => setTimeout(resolve, pause));
      } while (again);
    })().finally(() => (running = null));
    return running;
  };
}

export const refreshState = once(async () => {
  const state = await api.state();
  store.bot = state.bot;
  store.chats = new Map(state.chats.map((chat) => [chat.id, chat]));
  store.limits = state.limits ?? {};
  store.webhook = state.webhook ?? {};
  store.zalo = state.zalo ?? null;
  store.loaded = true;
  setClock(state.clock);
}, 200);

const stale = new Set();
let whole = false;

function keep(messages) {
  for (const message of messages) {
    if (message.deleted) store.messages.delete(message.message_id);
    else store.messages.set(message.message_id, message);
  }
}

const readMessages = once(async () => {
  const chat = store.open;
  if (chat === null) return;
  if (whole) {
    whole = false;
    stale.clear();
    const all = await api.messagesAfter(chat, 0);
    if (chat !== store.open) return;
    store.messages = new Map();
    keep(all);
  } else {
    const ids = [...stale];
    stale.clear();
    const changedOnes = await Promise.all(ids.map((id) => api.message(chat, id)));
    const newer = await api.messagesAfter(chat, Math.max(0, ...store.messages.keys()));
    if (chat !== store.open) return;
    ids.forEach((id, i) => changedOnes[i] ?? store.messages.delete(id));
    keep(changedOnes.filter(Boolean));
    keep(newer);
  }
  store.messagesLoaded = true;
  changed();
}, 50);

// Brings the open chat's messages up to date: the newer ones, and the one that was edited or deleted if it is known.
export function refreshMessages({ messageId = null, all = false } = {}) {
  if (all) whole = true;
  else if (messageId !== null) stale.add(messageId);
  return readMessages();
}

export function openChatById(id) {
  if (id === store.open) return Promise.resolve();
  store.open = id;
  store.unreadAtOpening = store.chats.get(id)?.unread ?? 0;
  store.messages = new Map();
  store.messagesLoaded = false;
  changed();
  return id === null ? Promise.resolve() : refreshMessages({ all: true });
}

// Tells the server that the reader has seen the open chat, if somebody is looking.
export async function markRead() {
  const chat = openChat();
  if (!chat?.unread || document.visibilityState !== "visible") return;
  chat.unread = 0;
  changed();
  await api.act(chat.id, "read");
}
