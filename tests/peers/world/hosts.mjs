// Who lives in the small world: one server per software, some of them as their admins set them up, and bad ones.
//
// A row is what server.mjs takes, and `bad`: how it misbehaves once the erasure begins (hostile.mjs; until then it is
// as honest as the others, or nobody would have sent it anything).

const honest = [
  { software: 'fedify', label: 'Fedify 2.3.6 (real)' },
  { software: 'mastodon', label: 'Mastodon' },
  { software: 'misskey', label: 'Misskey' },
  { software: 'lemmy', label: 'Lemmy 0.19', behind: ['behind.test'] },
  { software: 'pixelfed', label: 'Pixelfed' },
  { software: 'peertube', label: 'PeerTube' },
  { software: 'gotosocial', label: 'GoToSocial' },
  { software: 'wordpress', label: 'WordPress, whose blog the person follows' },
  { software: 'snac', label: 'snac' },
  { software: 'nodebb', label: 'NodeBB' },
  { software: 'epicyon', label: 'Epicyon' },
  { software: 'friendica', label: 'Friendica' },
  { software: 'pleroma', label: 'Pleroma' },
  { software: 'akkoma', label: 'Akkoma', options: { guarded: true } },
  { software: 'mbin', label: 'Mbin' },
  { software: 'piefed', label: 'PieFed' },
].map((row) => ({ host: `${row.software}.test`, ...row }));

const asSetUp = [
  { host: 'mastodon-closed.test', label: 'Mastodon with a closed API', software: 'mastodon', options: { closed: true } },
  { host: 'misskey-hiding.test', label: 'Misskey that hides remote people from visitors', software: 'misskey', options: { visitors: 'local' } },
  // Somebody wrote comments there without following the blog.
  { host: 'wordpress-comments.test', label: 'WordPress, where the person only commented', software: 'wordpress' },
  { host: 'epicyon-obeying.test', label: 'Epicyon on a day when it obeys', software: 'epicyon', options: { obeys: true } },
  { host: 'pleroma-rejecting.test', label: 'Pleroma that rejects our Deletes', software: 'pleroma', options: { rejects: 'origin.test' } },
];

const bad = [
  // Answers as Mastodon does, and removes nothing.
  { host: 'keeps.test', label: 'Mastodon in name, keeps everything', software: 'mastodon', keeps: true },
  // The same, of a software that nobody knows.
  { host: 'keeps-unknown.test', label: 'unknown software, keeps everything', software: 'mastodon', called: 'quietpub', keeps: true },
  { host: 'down.test', label: 'Mastodon, down for days', software: 'mastodon', bad: { name: 'down' } },
  { host: 'gone.test', label: 'Mastodon, 410 to everything', software: 'mastodon', bad: { name: 'gone' } },
  { host: 'slow.test', label: 'Mastodon, slow', software: 'mastodon', bad: { name: 'slow', ms: 1_500 } },
  { host: 'cut.test', label: 'Mastodon, ends every connection halfway', software: 'mastodon', bad: { name: 'cut' } },
  { host: 'liar.test', label: 'Mastodon, lies about its size', software: 'mastodon', bad: { name: 'liar' } },
  { host: 'flood.test', label: 'Mastodon, endless answers', software: 'mastodon', bad: { name: 'flood' } },
  { host: 'hang.test', label: 'Mastodon, takes connections and says nothing', software: 'mastodon', bad: { name: 'hang' } },
  { host: 'redirect.test', label: 'Mastodon, sends POSTs elsewhere', software: 'mastodon', bad: { name: 'redirect', to: 'https://collector.test/inbox' } },
  { host: 'busy.test', label: 'Mastodon, 429 at first', software: 'mastodon', bad: { name: 'busy', times: 2, seconds: 2 } },
  { host: 'returns.test', label: 'Mastodon, before its backup is restored', software: 'mastodon' },
];

// Where redirect.test would like the messages to go; nobody sends it anything by itself.
export const COLLECTOR = { host: 'collector.test', software: 'mastodon' };

// Subscribes to a community on lemmy.test: gets what that passes on, and is known to nobody else.
export const BEHIND = { host: 'behind.test', label: 'Lemmy that subscribes to a community there', software: 'lemmy' };

export const HOSTS = [...honest, ...asSetUp, ...bad];
export const SERVERS = [...HOSTS, COLLECTOR, BEHIND].map(({ bad: _, label: __, verdict: ___, ...server }) => server);
