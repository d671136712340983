// How each server software takes a Delete and answers a look, one small behaviour each: written from what the real
// ones were seen to do and from their sources, and from nothing of Fedtrail's.
//
// A row: `version`; where its inboxes are (`shared` null: it has none); `answers`, the status for what the signature
// check found; `trusts`, what it takes although the check was not 'good'; `schemes` it verifies; `maxAge` of a
// signature in seconds; `remove`, the effect of a Delete; `routes`, its public API. Optional: `takes` (false: the
// activity is dropped whatever its signature), `early` (an answer before any check), `signedPath` (the path it
// verifies against), `passOn` (in place of keeping what it took).

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const DAY = 86_400_000;

export const targetOf = ({ object }) => (typeof object === 'string' ? object : object?.id);
const isActor = (activity) => targetOf(activity) === activity.actor;
const isPlain = ({ object }) => typeof object === 'string';
const owned = (copies, activity) => copies.objects.get(targetOf(activity))?.owner === activity.actor;

const json = (status, body) => ({ status, body: JSON.stringify(body), type: 'application/json' });
const not = (status, error = 'Record not found') => json(status, { error });
const handleIn = (text = '') => text.replace(/^@/, '');
const shown = (row) => row?.state === 'full';

// Everything goes, rows included.
function erase(copies, activity) {
  if (isActor(activity)) copies.dropWithObjects(activity.actor);
  else if (owned(copies, activity)) copies.drop(targetOf(activity));
}

// Objects go, the account's row stays as `left` says.
function eraseButRow(left) {
  return ({ copies }, activity) => {
    if (!isActor(activity)) return erase(copies, activity);
    copies.ofOwner(activity.actor).forEach(({ uri }) => copies.drop(uri));
    return copies[left](activity.actor);
  };
}

// Objects only; what an actor's Delete says is not understood.
const objectsOnly = ({ copies }, activity) => {
  if (!isActor(activity) && owned(copies, activity)) copies.drop(targetOf(activity));
};

const lookup = ({ copies, options }, { query }) => {
  if (options.closed) return not(401, 'This method requires an authenticated user');
  const account = copies.accountNamed(handleIn(query.acct));
  return shown(account) ? json(200, { id: account.id, acct: account.handle, uri: account.uri, suspended: false }) : not(404);
};

// The newest first, below an id if one is given.
const newest = (rows, below, most) =>
  rows.filter(shown).filter(({ id }) => !below || Number(id) < Number(below)).sort((a, b) => b.id - a.id).slice(0, most);

const statuses = ({ copies, options }, { params, query }) => {
  if (options.closed) return not(401, 'This method requires an authenticated user');
  const account = [...copies.accounts.values()].find(({ id }) => id === params.id);
  if (!account) return not(404);
  const page = newest(copies.ofOwner(account.uri), query.max_id, Math.min(Number(query.limit ?? 20), 40));
  return json(200, page.map(({ id, uri, text }) => ({ id, uri, content: text })));
};

const contact = ({ host }) => json(200, { uri: host, email: `admin@${host}`, contact: { email: `admin@${host}` } });
const mastodonApi = {
  'GET /api/v1/accounts/lookup': lookup,
  'GET /api/v1/accounts/:id/statuses': statuses,
  'GET /api/v1/instance': contact,
  'GET /api/v2/instance': contact,
};
const closed = (status) => () => not(status, 'The access token is invalid');

async function importByHandle(server, handle) {
  const found = await server.resolve(handle);
  return found ? server.copies.addAccount(found.uri, found) : null;
}

export const SOFTWARE = {
  mastodon: {
    version: '4.4.8', shared: '/inbox', inbox: '/users/reader/inbox', schemes: ['cavage', 'rfc9421'], maxAge: 43_200,
    answers: { good: 202, unsigned: 401, forged: 401, altered: 401, stale: 401, scheme: 401, keyless: 401, foreign: 401 },
    // A Delete of somebody it never heard of is not worth a check.
    early: ({ copies }, activity) => activity.type === 'Delete' && isActor(activity) && !copies.accounts.has(activity.actor) && 202,
    remove: ({ copies }, activity) => erase(copies, activity),
    routes: {
      ...mastodonApi,
      // The page of a remote person sends the visitor on to where they are at home.
      'GET /:profile': ({ copies, host }, { params }) => {
        const account = params.profile.startsWith('@') ? copies.accountNamed(params.profile.slice(1)) : null;
        return account ? { status: 302, location: `https://${host}/redirect/accounts/${account.id}` } : not(404);
      },
    },
  },

  misskey: {
    version: '2025.4.1', shared: '/inbox', inbox: '/users/9abc/inbox', schemes: ['cavage'], maxAge: 3_600,
    // Only the shape is checked before the answer; the rest happens in a queue.
    answers: { good: 202, unsigned: 401, forged: 202, altered: 202, stale: 401, scheme: 401, keyless: 202, foreign: 202 },
    remove: ({ copies }, activity) => erase(copies, activity),
    routes: {
      'POST /api/users/show': async (server, { body }) => {
        const { username, host } = JSON.parse(body);
        const handle = `${username}@${host}`;
        const account = server.copies.accountNamed(handle) ?? (await importByHandle(server, handle));
        if (!account) return json(500, { error: { code: 'FAILED_TO_RESOLVE_REMOTE_USER', kind: 'server' } });
        if (server.options.visitors === 'local') return json(404, { error: { code: 'NO_SUCH_USER', kind: 'client' } });
        return json(200, { id: account.id, username, host, uri: account.uri });
      },
      // Only what is in the database; one row for a person on the way out as well.
      'POST /api/users/search-by-username-and-host': ({ copies, options }, { body }) => {
        const { username, host } = JSON.parse(body);
        const account = options.visitors === 'local' ? null : copies.accountNamed(`${username}@${host}`);
        return json(200, account ? [{ id: account.id, username, host }] : []);
      },
      'POST /api/users/notes': ({ copies, options }, { body }) => {
        const { userId, untilId, limit = 10 } = JSON.parse(body);
        const account = [...copies.accounts.values()].find(({ id }) => id === userId);
        if (!account || options.visitors === 'local') return json(404, { error: { code: 'NO_SUCH_USER', kind: 'client' } });
        const page = newest(copies.ofOwner(account.uri), untilId, Math.min(limit, 100));
        return json(200, page.map(({ id, uri, text }) => ({ id, uri, text })));
      },
      'POST /api/meta': ({ host }) => json(200, { maintainerEmail: `admin@${host}` }),
    },
  },

  lemmy: {
    version: '0.19.5', shared: '/inbox', inbox: '/u/reader/inbox', schemes: ['cavage'], maxAge: 3_600,
    answers: { good: 200, unsigned: 400, forged: 400, altered: 400, stale: 400, scheme: 400, keyless: 400, foreign: 400 },
    remove: (server, activity) => {
      const { copies } = server;
      const blank = (uri) => server.after(30 * DAY, () => copies.objects.get(uri)?.state === 'hidden' && copies.stub(uri));
      if (isActor(activity)) {
        if (activity.removeData === true) copies.ofOwner(activity.actor).forEach(({ uri }) => copies.stub(uri));
        copies.stub(activity.actor); // name, URI and key stay for good
      } else if (owned(copies, activity)) {
        copies.hide(targetOf(activity)); // only marked; a task blanks the text a month later
        blank(targetOf(activity));
      }
    },
    routes: {
      'GET /api/v3/user': ({ copies }, { query }) => {
        const account = copies.accountNamed(handleIn(query.username));
        return shown(account) ? json(200, { person_view: { person: { id: Number(account.id), actor_id: account.uri } } }) : not(404, 'couldnt_find_person');
      },
      'GET /api/v3/resolve_object': ({ copies }, { query }) => {
        const row = copies.objects.get(query.q) ?? copies.accounts.get(query.q);
        return shown(row) ? json(200, { comment: { comment: { ap_id: row.uri, content: row.text } } }) : not(404, 'couldnt_find_object');
      },
      'GET /api/v3/site': () => json(200, { admins: [] }),
    },
  },

  pixelfed: {
    version: '0.12.4', shared: '/f/inbox', inbox: '/users/reader/inbox', schemes: ['cavage'], maxAge: 86_400,
    answers: { good: 200, unsigned: 200, forged: 200, altered: 200, stale: 200, scheme: 200, keyless: 200, foreign: 200 },
    signedPath: '/f/inbox',
    takes: (activity) => activity.type !== 'Delete' || ['Person', 'Tombstone', 'Story'].includes(activity.object?.type),
    remove: ({ copies }, activity) => {
      if (isActor(activity)) copies.ofOwner(activity.actor).forEach(({ uri }) => copies.hide(uri));
      if (isActor(activity) || owned(copies, activity)) copies.hide(targetOf(activity)); // soft: deleted_at
    },
    routes: { 'GET /api/v1/accounts/lookup': closed(403), 'GET /api/v1/instance': contact },
  },

  peertube: {
    version: '6.3.0', shared: '/inbox', inbox: '/accounts/reader/inbox', schemes: ['cavage'], maxAge: 1_800,
    answers: { good: 204, unsigned: 403, forged: 403, altered: 403, stale: 403, scheme: 403, keyless: 204, foreign: 403 },
    takes: ({ to = [], cc = [] }) => Array.isArray(to) && Array.isArray(cc),
    remove: ({ copies }, activity) => {
      const stubs = copies.ofOwner(activity.actor).filter(({ state }) => state === 'stub');
      if (!isActor(activity)) {
        if (owned(copies, activity)) copies.stub(targetOf(activity)); // a blank comment that stays in the thread
        return;
      }
      copies.dropWithObjects(activity.actor);
      stubs.forEach((stub) => copies.objects.set(stub.uri, stub));
    },
    routes: {
      'GET /api/v1/accounts/:handle': ({ copies }, { params }) => {
        const account = copies.accountNamed(params.handle);
        return account ? json(200, { id: account.id, url: account.uri }) : not(404, 'Account not found');
      },
      'GET /api/v1/search/videos': ({ copies }, { query }) => {
        const row = copies.objects.get(query.search);
        return json(200, shown(row) ? { total: 1, data: [{ url: row.uri }] } : { total: 0, data: [] });
      },
      'GET /api/v1/config/about': ({ host }) => json(200, { instance: { name: host } }),
    },
  },

  gotosocial: {
    version: '0.19.2', shared: null, inbox: '/users/reader/inbox', schemes: ['cavage'], maxAge: Infinity,
    answers: { good: 202, unsigned: 401, forged: 401, altered: 202, scheme: 401, keyless: 410, foreign: 401 },
    trusts: ['altered'],
    early: ({ copies }, { actor }) => copies.accounts.get(actor)?.state === 'stub' && 403, // suspended: nothing more from it
    remove: eraseButRow('stub'),
    routes: {
      'GET /api/v1/accounts/lookup': (_, { headers }) => (headers['user-agent'] ? closed(401)() : not(418, "I'm a teapot")),
      'GET /api/v1/instance': contact,
      'GET /api/v2/instance': contact,
    },
  },

  wordpress: {
    version: '6.1.9', shared: '/wp-json/activitypub/1.0/inbox', inbox: '/wp-json/activitypub/1.0/actors/1/inbox',
    schemes: ['cavage'], maxAge: Infinity,
    answers: { good: 202, unsigned: 401, forged: 401, altered: 401, scheme: 401, keyless: 401, foreign: 401 },
    // Whoever sends it: a Delete means that the origin is asked, as any browser would.
    early: ({ copies, later, isGone }, activity) => {
      if (activity.type !== 'Delete') return false;
      later(async () => {
        if (!(await isGone(targetOf(activity)))) return;
        if (!isActor(activity)) {
          erase(copies, activity);
          // Who does not follow exists by their comments alone.
          if (!copies.follows.has(activity.actor) && !copies.ofOwner(activity.actor).length) copies.drop(activity.actor);
        } else if (copies.follows.has(activity.actor)) copies.dropWithObjects(activity.actor);
      });
      return 202;
    },
    remove: () => {},
    routes: {
      'GET /wp-json/wp/v2/comments': ({ copies }, { query: { search = '' } }) => {
        const rows = [...copies.objects.values()].map(({ id, owner, uri, text }) => ({ id, author_url: owner, link: uri, content: { rendered: text } }));
        return json(200, rows.filter((row) => JSON.stringify(row).includes(search)));
      },
    },
  },

  snac: {
    version: '2.94', shared: '/shared-inbox', inbox: '/reader/inbox', schemes: ['cavage'], maxAge: Infinity,
    answers: { good: 202, unsigned: 202, forged: 202, altered: 400, scheme: 202, keyless: 202, foreign: 202 },
    remove: objectsOnly,
    routes: { 'GET /api/v1/accounts/lookup': () => not(404), 'GET /api/v1/instance': contact },
  },

  nodebb: {
    version: '4.15.1', shared: '/inbox', inbox: '/uid/1/inbox', schemes: ['cavage'], maxAge: 3_600,
    answers: { good: 202, unsigned: 401, forged: 400, altered: 400, stale: 400, scheme: 400, keyless: 400, foreign: 400 },
    remove: async ({ copies, tombstoneAt }, activity) => {
      if (isActor(activity) || !owned(copies, activity)) return;
      const soft = !isPlain(activity) || (await tombstoneAt(targetOf(activity)));
      copies[soft ? 'hide' : 'drop'](targetOf(activity));
    },
    routes: {
      'GET /api/user/:handle': async (server, { params }) => {
        const account = server.copies.accountNamed(params.handle) ?? (await importByHandle(server, params.handle));
        return account ? json(200, { uid: account.uri, username: account.handle }) : not(404, 'Not found');
      },
      'GET /api/v3/posts/:uri': ({ copies }, { params }) => {
        const row = copies.objects.get(params.uri);
        return shown(row) ? json(200, { response: { pid: row.uri, content: row.text } }) : not(404, 'Not found');
      },
    },
  },

  epicyon: {
    version: '1.7.0', shared: '/inbox', inbox: '/users/reader/inbox', schemes: ['cavage'], maxAge: Infinity,
    answers: { good: 201, unsigned: 201, forged: 201, altered: 201, scheme: 403, keyless: 201, foreign: 201 },
    // Seen to obey such a Delete once, and in a later run to keep the post; why is not known, so there are both.
    remove: ({ copies, options }, activity) => {
      const named = [activity.to, activity.cc].flat().some((uri) => uri && uri !== PUBLIC);
      const known = isPlain(activity) && named && targetOf(activity).includes('/statuses/') && activity.actor.includes('/users/');
      if (known && options.obeys) objectsOnly({ copies }, activity);
    },
    routes: { 'GET /api/v1/accounts/:handle': () => not(400, 'Bad request'), 'GET /api/v1/instance': contact },
  },

  friendica: {
    version: '2024.12', shared: '/inbox', inbox: '/inbox/reader', schemes: ['cavage'], maxAge: 43_200,
    answers: { good: 202, unsigned: 202, forged: 202, altered: 202, stale: 202, scheme: 202, keyless: 202, foreign: 202 },
    remove: eraseButRow('hide'), // the contact is archived, its posts expire
    routes: { 'GET /api/v1/accounts/lookup': closed(401), 'GET /api/v1/instance': contact },
  },

  pleroma: {
    version: '2.6.0', shared: '/inbox', inbox: '/users/reader/inbox', schemes: ['cavage'], maxAge: 43_200,
    answers: { good: 200, unsigned: 400, forged: 400, altered: 400, stale: 400, scheme: 400, keyless: 400, foreign: 400 },
    metadata: ({ options }) => ({ federation: { mrf_simple: options.rejects ? { reject_deletes: [options.rejects] } : {} } }),
    remove: ({ copies, options }, activity) => {
      if (options.rejects) return;
      if (isActor(activity)) copies.ofOwner(activity.actor).forEach(({ uri }) => copies.stub(uri));
      if (isActor(activity) || owned(copies, activity)) copies.stub(targetOf(activity)); // a Tombstone row, a nulled profile
    },
    routes: {
      'GET /api/v1/accounts/lookup': lookup,
      'GET /api/v2/search': async (server, { query }) => {
        const row = server.copies.objects.get(query.q);
        if (!row && !server.options.guarded) await server.importObject(query.q);
        const found = [server.copies.objects.get(query.q)].filter(shown);
        return json(200, { accounts: [], statuses: found.map(({ uri, text }) => ({ uri, content: text })), hashtags: [] });
      },
      'GET /api/v1/instance': contact,
    },
  },

  mbin: {
    version: '1.8.0', shared: '/f/inbox', inbox: '/u/reader/inbox', schemes: ['cavage'], maxAge: Infinity,
    answers: { good: 200, unsigned: 200, forged: 200, altered: 200, scheme: 200, keyless: 200, foreign: 200 },
    remove: ({ copies }, activity) => {
      if (isActor(activity)) {
        copies.ofOwner(activity.actor).forEach(({ uri }) => copies.drop(uri));
        copies.stub(activity.actor); // a new row with the same handle, marked as deleted
      } else if (owned(copies, activity)) {
        const [first] = copies.ofOwner(activity.actor); // somebody commented on that one
        copies[first.uri === targetOf(activity) ? 'hide' : 'drop'](targetOf(activity));
      }
    },
    routes: {
      'GET /api/users/name/:handle': ({ copies }, { params }) => {
        const account = copies.accountNamed(handleIn(params.handle));
        if (!account) return not(404);
        return json(200, { userId: Number(account.id), username: `@${account.handle}`, apProfileId: account.uri, isDeleted: account.state === 'stub' });
      },
      'GET /api/users/:id/content': ({ copies }, { params, query: { p = '1' } }) => {
        const account = [...copies.accounts.values()].find(({ id }) => id === params.id);
        if (!shown(account)) return not(404);
        const rows = newest(copies.ofOwner(account.uri)).slice((p - 1) * 25, p * 25);
        return json(200, { items: rows.map(({ uri, text }) => ({ post: { apId: uri, body: text } })), pagination: { currentPage: Number(p) } });
      },
      'GET /api/instance': () => json(200, {}),
    },
  },

  piefed: {
    version: '1.2.0', shared: '/inbox', inbox: '/u/reader/inbox', schemes: ['cavage'], maxAge: Infinity,
    answers: { good: 200, unsigned: 400, forged: 400, altered: 400, scheme: 400, keyless: 400, foreign: 400 },
    takes: (activity) => activity.type !== 'Delete' || isPlain(activity),
    remove: ({ copies }, activity) => {
      const mine = copies.ofOwner(activity.actor);
      if (isActor(activity)) mine.forEach(({ uri }) => copies[activity.removeData === true ? 'drop' : 'hide'](uri));
      if (isActor(activity) || owned(copies, activity)) copies.hide(targetOf(activity));
    },
    routes: {
      'GET /api/alpha/user': ({ copies }, { query }) => {
        const account = copies.accountNamed(handleIn(query.username));
        return shown(account) ? json(200, { person_view: { person: { actor_id: account.uri } } }) : not(400, 'person_not_found');
      },
      'GET /api/alpha/resolve_object': ({ copies }, { query }) => {
        const row = copies.objects.get(query.q) ?? copies.accounts.get(query.q);
        if (!shown(row)) return not(400, 'No object found.');
        return json(200, copies.accounts.has(row.uri) ? { person: { person: { actor_id: row.uri } } } : { comment: { comment: { ap_id: row.uri } } });
      },
    },
  },

  activityrelay: {
    version: '0.3.3', shared: '/inbox', inbox: '/inbox', schemes: ['cavage'], maxAge: 43_200,
    answers: { good: 202, unsigned: 401, forged: 401, altered: 401, stale: 401, scheme: 401, keyless: 401, foreign: 401 },
    remove: () => {},
    // It keeps nothing. Who subscribes gets a document that bears its author's signature as it came; of a post without
    // one they are told, and fetch it.
    passOn: async ({ behind, neighbour }, activity, body) => {
      const hear = async (subscriber) => {
        if (activity.signature) await fetch(subscriber.inboxes.shared, { method: 'POST', headers: { 'content-type': 'application/activity+json' }, body });
        else if (activity.type === 'Create') await subscriber.importObject(activity.object.id);
      };
      await Promise.all(behind.map((host) => hear(neighbour(host))));
    },
    routes: {},
  },
};

SOFTWARE.akkoma = { ...SOFTWARE.pleroma, version: '3.13.2' };
