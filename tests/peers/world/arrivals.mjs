// What arrived at the servers against what Fedtrail wrote down, where it was killed on the way.
import { historyOf } from './erasure.mjs';

// By host.
export async function historiesOf(sidecar, number, hosts) {
  const all = await Promise.all(hosts.map((host) => historyOf(sidecar, number, host)));
  return Object.fromEntries(hosts.map((host, i) => [host, all[i]]));
}

// When each message of ours was taken, by "HOST ID". The origin sends its own again where a kill kept the answer from it.
export function byMessage(posts) {
  const arrivals = new Map();
  for (const { host, id, type, at, status } of posts) {
    const ours = (type === 'Delete' || type === 'Undo') && id.includes('#fedtrail-');
    if (ours && status >= 200 && status < 300) arrivals.set(`${host} ${id}`, [...(arrivals.get(`${host} ${id}`) ?? []), at]);
  }
  return arrivals;
}

const isOf = (number, host) => ([key]) => key.startsWith(`${host} `) && new RegExp(`#fedtrail-[a-z]+-${number}-`).test(key);
const attemptsOf = ({ attempt_history: attempts }) => attempts.filter(({ scheme }) => scheme !== 'origin');

// Messages of a request, {number, histories}, that were begun again within the window. A server is sent one after the other:
// what arrives is the attempt that was written down last.
export function tooEarly({ number, histories }, twice, window) {
  const early = [];
  for (const [host, history] of Object.entries(histories)) {
    const begun = attemptsOf(history).map(({ at }) => Date.parse(at));
    for (const [, times] of twice.filter(isOf(number, host))) {
      const starts = times.map((time) => Math.max(...begun.filter((at) => at <= time + 5)));
      const gaps = starts.slice(1).map((at, i) => at - starts[i]);
      if (Math.min(...gaps) < window) early.push(`${host} after ${Math.min(...gaps)} ms`);
    }
  }
  return early;
}

// Hosts at which more messages of a request arrived than Fedtrail has attempts for.
export function unwrittenOf({ number, histories }, arrivals) {
  const missing = [];
  for (const [host, history] of Object.entries(histories)) {
    const attempts = attemptsOf(history);
    const came = [...arrivals].filter(isOf(number, host));
    const total = came.reduce((sum, [, times]) => sum + times.length, 0);
    if (attempts.length < total) missing.push(`${host}: ${attempts.length} written, ${total} arrived`);
  }
  return missing;
}
