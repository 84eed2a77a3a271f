// Dates as people in Vietnam read them. Instants are milliseconds since 1970.

// Vietnam has kept UTC+7 without summer time since 1975, so a fixed offset is exact for every plan year.
const OFFSET = 7 * 3600 * 1000;
const WEEKDAYS = ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];

const two = (n) => String(n).padStart(2, "0");
const local = (ms) => new Date(ms + OFFSET);

export const dayKey = (ms) => local(ms).toISOString().slice(0, 10);

export function hourMinute(ms) {
  const d = local(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

export function date(ms) {
  const d = local(ms);
  return `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()}`;
}

export const weekday = (ms) => WEEKDAYS[local(ms).getUTCDay()];

export const dayTitle = (ms) => `${weekday(ms)}, ${date(ms)}`;

// What a list shows beside a chat: the hour today, the day this year, the whole date before.
export function shortTime(ms, now) {
  if (dayKey(ms) === dayKey(now)) return hourMinute(ms);
  return dayKey(ms).slice(0, 4) === dayKey(now).slice(0, 4) ? date(ms).slice(0, 5) : date(ms);
}
