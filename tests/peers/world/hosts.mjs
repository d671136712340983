// Who lives in the small world: one server per software, some of them as their admins set them up, and bad ones.
//
// A row is what server.mjs takes, and
//   label    for the table of docs/erasure.md
//   bad      how it misbehaves once the erasure begins (hostile.mjs; until then it is as honest as the others, or nobody
//            would have sent it anything)
//   verdict  the state in which Fedtrail's notice must end (or one of these)
//   left     how many of a person's four things are left with their content, when Fedtrail has done what can be done

const honest = [
  { software: 'fedify', label: 'Fedify 2.3.6 (real)', verdict: 'unprobeable' },
  { software: 'mastodon', label: 'Mastodon', verdict: 'verified_gone' },
  { software: 'misskey', label: 'Misskey', verdict: 'verified_gone' },
  { software: 'lemmy', label: 'Lemmy 0.19', behind: ['behind.test'], verdict: 'not_visible' },
  { software: 'pixelfed', label: 'Pixelfed', verdict: 'unprobeable', left: 4 },
  { software: 'peertube', label: 'PeerTube', verdict: 'verified_gone' },
  { software: 'gotosocial', label: 'GoToSocial', verdict: 'unprobeable' },
  { software: 'wordpress', label: 'WordPress, whose blog the person follows', verdict: 'not_visible' },
  { software: 'snac', label: 'snac', verdict: 'unprobeable', left: 1 },
  { software: 'nodebb', label: 'NodeBB', verdict: 'still_present', left: 1 },
  { software: 'epicyon', label: 'Epicyon', verdict: 'unprobeable', left: 4 },
  { software: 'friendica', label: 'Friendica', verdict: 'unprobeable', left: 1 },
  { software: 'pleroma', label: 'Pleroma', verdict: 'not_visible' },
  { software: 'akkoma', label: 'Akkoma', options: { guarded: true }, verdict: 'not_visible' },
  { software: 'mbin', label: 'Mbin', verdict: 'not_visible' },
  { software: 'piefed', label: 'PieFed', verdict: 'not_visible', left: 1 },
].map((row) => ({ host: `${row.software}.test`, ...row }));

const asSetUp = [
  { host: 'mastodon-closed.test', label: 'Mastodon with a closed API', software: 'mastodon', options: { closed: true }, verdict: 'acknowledged' },
  { host: 'misskey-hiding.test', label: 'Misskey that hides remote people, keeps everything', software: 'misskey', keeps: true, options: { visitors: 'local' }, verdict: 'not_visible', left: 4 },
  // Somebody wrote comments there without following the blog.
  { host: 'wordpress-comments.test', label: 'WordPress, where the person only commented', software: 'wordpress', verdict: 'not_visible' },
  { host: 'epicyon-obeying.test', label: 'Epicyon on a day when it obeys', software: 'epicyon', options: { obeys: true }, verdict: 'unprobeable', left: 1 },
  { host: 'pleroma-rejecting.test', label: 'Pleroma that rejects our Deletes', software: 'pleroma', options: { rejects: 'origin.test' }, verdict: 'still_present', left: 4 },
];

const bad = [
  // Answers as Mastodon does, and removes nothing.
  { host: 'keeps.test', label: 'Mastodon in name, keeps everything', software: 'mastodon', keeps: true, verdict: 'still_present', left: 4 },
  // The same, of a software that nobody knows.
  { host: 'keeps-unknown.test', label: 'unknown software, keeps everything', software: 'mastodon', called: 'quietpub', keeps: true, verdict: 'unprobeable', left: 4 },
  { host: 'down.test', label: 'Mastodon, down for days', software: 'mastodon', bad: { name: 'down' }, verdict: 'verified_gone' },
  { host: 'gone.test', label: 'Mastodon, 410 to everything', software: 'mastodon', bad: { name: 'gone' }, verdict: 'refused', left: 4 },
  { host: 'gotosocial-blocking.test', label: 'GoToSocial that blocks us', software: 'gotosocial', bad: { name: 'status', status: 403 }, verdict: 'refused', left: 4 },
  { host: 'slow.test', label: 'Mastodon, slow', software: 'mastodon', bad: { name: 'slow', ms: 500 }, verdict: 'verified_gone' },
  { host: 'cut.test', label: 'Mastodon, ends every connection halfway', software: 'mastodon', bad: { name: 'cut' }, verdict: ['sent', 'unreachable'], left: 4 },
  { host: 'liar.test', label: 'Mastodon, lies about its size', software: 'mastodon', bad: { name: 'liar' }, verdict: 'unprobeable', left: 4 },
  { host: 'flood.test', label: 'Mastodon, endless answers', software: 'mastodon', bad: { name: 'flood' }, verdict: 'unprobeable', left: 4 },
  { host: 'hang.test', label: 'Mastodon, takes connections and says nothing', software: 'mastodon', bad: { name: 'hang' }, verdict: ['sent', 'unreachable'], left: 4 },
  { host: 'redirect.test', label: 'Mastodon, sends POSTs elsewhere', software: 'mastodon', bad: { name: 'redirect', to: 'https://collector.test/inbox' }, verdict: 'still_present', left: 4 },
  { host: 'busy.test', label: 'Mastodon, 429 at first', software: 'mastodon', bad: { name: 'busy', times: 2, seconds: 2 }, verdict: 'verified_gone' },
  { host: 'returns.test', label: 'Mastodon, before its backup is restored', software: 'mastodon', verdict: 'verified_gone' },
];

// Where redirect.test would like the messages to go; nobody sends it anything by itself.
export const COLLECTOR = { host: 'collector.test', software: 'mastodon' };

// Subscribes to a community on lemmy.test: gets what that passes on, and is known to nobody else.
export const BEHIND = { host: 'behind.test', label: 'Lemmy that subscribes to a community on the one above', software: 'lemmy' };

export const HOSTS = [...honest, ...asSetUp, ...bad];
export const SERVERS = [...HOSTS, COLLECTOR, BEHIND].map(({ bad: _, label: __, verdict: ___, left: ____, ...server }) => server);
