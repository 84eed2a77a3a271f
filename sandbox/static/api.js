// The control API of the sandbox: every call of the page to its server is here.

export class ControlError extends Error {}

async function call(method, path, body) {
  const options = { method };
  if (body instanceof FormData) {
    options.body = body;
  } else if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch("/control" + path, options);
  } catch {
    throw new ControlError("không tới được máy chủ diễn tập");
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    // A proxy or a crash answers with something else than JSON; the status says enough.
  }
  if (!response.ok) throw new ControlError(answer?.error ?? `máy chủ đáp ${response.status}`);
  return answer;
}

const PAGE = 1000; // the most that the server gives at once

export const api = {
  state: () => call("GET", "/state"),
  // All messages after the given id, oldest first, however many pages that takes.
  async messagesAfter(chat, after) {
    const found = [];
    for (;;) {
      const page = (await call("GET", `/chats/${chat}/messages?after=${after}&limit=${PAGE}`)).messages;
      found.push(...page);
      if (page.length < PAGE) return found;
      after = page[page.length - 1].message_id;
    }
  },
  message: async (chat, id) =>
    (await call("GET", `/chats/${chat}/messages?after=${id - 1}&limit=1`)).messages.find((m) => m.message_id === id),
  send: (chat, from, text, replyTo) =>
    call("POST", `/chats/${chat}/messages`, { from, text, ...(replyTo ? { reply_to_message_id: replyTo } : {}) }),
  sendFile(chat, from, file, caption, replyTo) {
    const form = new FormData();
    form.append("from", String(from));
    if (caption) form.append("caption", caption);
    if (replyTo) form.append("reply_to_message_id", String(replyTo));
    form.append("file", file, file.name);
    return call("POST", `/chats/${chat}/${/^image\/(jpeg|png|webp)$/.test(file.type) ? "photos" : "documents"}`, form);
  },
  tap: (chat, from, message, data) => call("POST", `/chats/${chat}/taps`, { from, message_id: message, data }),
  callback: (id) => call("GET", `/callbacks/${encodeURIComponent(id)}`),
  act: (chat, what) => call("POST", `/chats/${chat}/${what}`),
  setClock: (changes) => call("PUT", "/clock", changes),
  jump: (label) => call("POST", "/clock/jump", { label }),
  setLimits: (enabled) => call("PUT", "/limits", { enabled }),
  faults: () => call("GET", "/faults"),
  addFault: (fault) => call("POST", "/faults", fault),
  clearFaults: () => call("DELETE", "/faults"),
};
