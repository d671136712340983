// Who lives in the small world: one server per software, some of them as their admins set them up, and bad ones.
//
// A row is what server.mjs takes, and `bad`: how it misbehaves once the erasure begins (hostile.mjs; until then it is
// as honest as the others, or nobody would have sent it anything).

const honest = [
  { software: 'fedify' },
  { software: 'mastodon' },
  { software: 'misskey' },
  { software: 'lemmy' },
  { software: 'pixelfed' },
  { software: 'peertube' },
  { software: 'gotosocial' },
  { software: 'wordpress' },
  { software: 'snac' },
  { software: 'nodebb' },
  { software: 'epicyon' },
  { software: 'friendica' },
  { software: 'pleroma' },
  { software: 'akkoma', options: { guarded: true } },
  { software: 'mbin' },
  { software: 'piefed' },
].map((row) => ({ host: `${row.software}.test`, ...row }));

const asSetUp = [
  { host: 'mastodon-closed.test', software: 'mastodon', options: { closed: true } },
  { host: 'misskey-hiding.test', software: 'misskey', options: { visitors: 'local' } },
  // Somebody wrote comments there without following the blog.
  { host: 'wordpress-comments.test', software: 'wordpress' },
  { host: 'epicyon-obeying.test', software: 'epicyon', options: { obeys: true } },
  { host: 'pleroma-rejecting.test', software: 'pleroma', options: { rejects: 'origin.test' } },
];

const bad = [
  // Answers as Mastodon does, and removes nothing.
  { host: 'keeps.test', software: 'mastodon', keeps: true },
  // The same, of a software that nobody knows.
  { host: 'keeps-unknown.test', software: 'mastodon', called: 'quietpub', keeps: true },
  { host: 'down.test', software: 'mastodon', bad: { name: 'down' } },
  { host: 'gone.test', software: 'mastodon', bad: { name: 'gone' } },
  { host: 'slow.test', software: 'mastodon', bad: { name: 'slow', ms: 1_500 } },
  { host: 'cut.test', software: 'mastodon', bad: { name: 'cut' } },
  { host: 'liar.test', software: 'mastodon', bad: { name: 'liar' } },
  { host: 'flood.test', software: 'mastodon', bad: { name: 'flood' } },
  { host: 'hang.test', software: 'mastodon', bad: { name: 'hang' } },
  { host: 'redirect.test', software: 'mastodon', bad: { name: 'redirect', to: 'https://collector.test/inbox' } },
  { host: 'busy.test', software: 'mastodon', bad: { name: 'busy', times: 2, seconds: 2 } },
  { host: 'returns.test', software: 'mastodon' },
];

// Where redirect.test would like the messages to go; nobody sends it anything by itself.
export const COLLECTOR = { host: 'collector.test', software: 'mastodon' };

export const HOSTS = [...honest, ...asSetUp, ...bad];
export const SERVERS = [...HOSTS, COLLECTOR].map(({ bad: _, ...server }) => server);
