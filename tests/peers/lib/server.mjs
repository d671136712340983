// One ActivityPub server made with Fedify: people with keys, followers, posts, and an inbox that verifies
// signatures (draft-cavage and RFC 9421).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Temporal } from '@js-temporal/polyfill';
import { createFederation, MemoryKvStore } from '@fedify/fedify';
import {
  Accept,
  Activity,
  Announce,
  Create,
  Delete,
  Document,
  Endpoints,
  Follow,
  Image,
  Like,
  Mention,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
  Update,
} from '@fedify/vocab';

import { Front } from './front.mjs';

const subtle = globalThis.crypto.subtle;

async function makeKeyPairs() {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 };
  const exponent = { publicExponent: new Uint8Array([1, 0, 1]) };
  return Promise.all([
    subtle.generateKey({ ...rsa, ...exponent }, true, ['sign', 'verify']),
    subtle.generateKey('Ed25519', true, ['sign', 'verify']),
  ]);
}

async function writeKey(dir, name, key) {
  const der = Buffer.from(await subtle.exportKey('pkcs8', key)).toString('base64');
  const pem = ['-----BEGIN PRIVATE KEY-----', ...der.match(/.{1,64}/g), '-----END PRIVATE KEY-----', ''].join('\n');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.pem`), pem, { mode: 0o600 });
}

export class Server {
  #people = new Map();
  #notes = new Map();
  #gone = new Set();
  #seen = [];
  #next = 1;

  // `keys` is a folder for the people's RSA keys, as PEM files.
  constructor({ host, port, people, key, cert, firstKnock, sharedInbox = true, keys = null }) {
    this.front = new Front({ host, port, key, cert, handle: (request) => this.#fetch(request) });
    this.base = this.front.base;
    this.sharedInbox = sharedInbox;
    this.keys = keys;
    this.federation = createFederation({
      kv: new MemoryKvStore(),
      allowPrivateAddress: true,
      circuitBreaker: false,
      origin: this.base,
      userAgent: `Fedify/1.0 (+${this.base}/)`,
      ...(firstKnock ? { firstKnock } : {}),
    });
    for (const name of people) this.#people.set(name, { followers: new Map() });
    this.#describe();
  }

  async start() {
    for (const [name, person] of this.#people) {
      person.keys = await makeKeyPairs();
      if (this.keys) await writeKey(this.keys, `${name}@${this.front.host}`, person.keys[0].privateKey);
    }
    await this.front.listen();
  }

  stop() {
    return this.front.close();
  }

  #fetch(request) {
    const { pathname } = new URL(request.url);
    const [, kind, name] = pathname.split('/');
    const whose = kind === 'notes' ? this.#notes.get(name)?.as : kind === 'users' && name;
    if (request.method === 'GET' && this.#gone.has(whose)) return new Response('Gone', { status: 410 });
    return this.federation.fetch(request, { contextData: null });
  }

  #describe() {
    const federation = this.federation;
    federation
      .setActorDispatcher('/users/{identifier}', (context, name) => (this.#people.has(name) ? this.#person(context, name) : null))
      .setKeyPairsDispatcher((_, identifier) => this.#people.get(identifier)?.keys ?? []);
    federation.setFollowersDispatcher('/users/{identifier}/followers', (_, identifier) => ({
      items: [...(this.#people.get(identifier)?.followers.values() ?? [])],
    }));
    federation.setObjectDispatcher(Note, '/notes/{id}', (_, { id }) => this.#notes.get(id)?.note ?? null);
    federation
      .setInboxListeners('/users/{identifier}/inbox', '/inbox')
      .on(Follow, (context, follow) => this.#followed(context, follow))
      .on(Activity, (_, activity) => {
        this.#seen.push(activity.id?.href);
      });
  }

  async #person(context, name) {
    const keys = await context.getActorKeyPairs(name);
    return new Person({
      id: context.getActorUri(name),
      preferredUsername: name,
      name: this.#people.get(name).name ?? name,
      inbox: context.getInboxUri(name),
      followers: context.getFollowersUri(name),
      endpoints: this.sharedInbox ? new Endpoints({ sharedInbox: context.getInboxUri() }) : null,
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((pair) => pair.multikey),
    });
  }

  async #followed(context, follow) {
    const target = context.parseUri(follow.objectId);
    if (target?.type !== 'actor' || !this.#people.has(target.identifier)) return;
    const follower = await follow.getActor(context);
    if (!follower?.id || !follower.inboxId) return;
    this.#people.get(target.identifier).followers.set(follower.id.href, follower);
    const accept = new Accept({
      id: new URL(`/accepts/${this.#next++}`, this.base),
      actor: follow.objectId,
      object: follow,
    });
    await context.sendActivity({ identifier: target.identifier }, follower, accept);
  }

  #context() {
    return this.federation.createContext(new URL(this.base), null);
  }

  async #remote(uri) {
    const found = await this.#context().lookupObject(uri);
    if (!found) throw new Error(`no actor at ${uri}`);
    return found;
  }

  #id(path) {
    return new URL(`/${path}/${this.#next++}`, this.base);
  }

  // `to` is public, unlisted, followers or direct; `mention` are actor URIs.
  async #audience(as, to, mention) {
    const context = this.#context();
    const followers = context.getFollowersUri(as);
    const named = await Promise.all(mention.map((uri) => this.#remote(uri)));
    const ids = named.map((actor) => actor.id);
    const lines = {
      public: { tos: [PUBLIC_COLLECTION], ccs: [followers, ...ids] },
      unlisted: { tos: [followers], ccs: [PUBLIC_COLLECTION, ...ids] },
      followers: { tos: [followers, ...ids], ccs: [] },
      direct: { tos: ids, ccs: [] },
    }[to];
    if (!lines) throw new Error(`unknown audience ${to}`);
    return { ...lines, named, toFollowers: to !== 'direct' };
  }

  async #send(as, activity, audience) {
    const options = { preferSharedInbox: this.sharedInbox, immediate: true };
    const followers = audience.toFollowers ? [...this.#people.get(as).followers.values()] : [];
    const all = new Map([...followers, ...audience.named].map((actor) => [actor.id.href, actor]));
    let error = null;
    try {
      await this.#context().sendActivity({ identifier: as }, [...all.values()], activity, options);
    } catch (thrown) {
      error = String(thrown.message ?? thrown).split('\n')[0];
    }
    const object = activity.objectId?.href;
    const inboxOf = ({ inboxId, endpoints }) => (this.sharedInbox && endpoints?.sharedInbox) || inboxId;
    const inboxes = new Set([...all.values()].map((actor) => inboxOf(actor)?.href)).size;
    return { activity: activity.id.href, type: activity.constructor.name, object, error, inboxes };
  }

  // Each returns {activity, type, object, error, inboxes}: `error` is what the first failed delivery said, `inboxes` how
  // many it goes to.
  actions = {
    note: async ({ as, text, to = 'public', mention = [], image }) => {
      const audience = await this.#audience(as, to, mention);
      const number = String(this.#next++);
      const id = new URL(`/notes/${number}`, this.base);
      const tags = audience.named.map((a) => new Mention({ href: a.id, name: `@${a.preferredUsername}@${a.id.host}` }));
      const attachments = image ? [new Document({ url: new URL(image), mediaType: 'image/png', name: 'a picture' })] : [];
      const actor = this.#context().getActorUri(as);
      const fields = { attribution: actor, content: `<p>${text}</p>`, tags, attachments };
      const times = { published: Temporal.Now.instant() };
      const note = new Note({ id, ...fields, ...times, tos: audience.tos, ccs: audience.ccs });
      this.#notes.set(number, { note, as, audience });
      const create = new Create({ id: new URL(`${id}#create`), actor, object: note, ...times, tos: audience.tos, ccs: audience.ccs });
      return this.#send(as, create, audience);
    },
    // Edits a note of ours to its old audience.
    edit: async ({ as, note, text }) => {
      const entry = this.#ours(as, note);
      entry.note = entry.note.clone({ content: `<p>${text}</p>`, updated: Temporal.Now.instant() });
      const { tos, ccs } = entry.audience;
      const update = new Update({ id: this.#id('updates'), actor: entry.note.attributionId, object: entry.note, tos, ccs });
      return this.#send(as, update, entry.audience);
    },
    // Changes the display name and tells the followers.
    profile: async ({ as, name, image }) => {
      this.#people.get(as).name = name;
      const audience = await this.#audience(as, 'public', []);
      let person = await this.#person(this.#context(), as);
      if (image) person = person.clone({ icon: new Image({ url: new URL(image), mediaType: 'image/png' }) });
      const { tos, ccs } = audience;
      return this.#send(as, new Update({ id: this.#id('updates'), actor: person.id, object: person, tos, ccs }), audience);
    },
    // Deletes a note of ours: towards everyone who got it.
    delete: async ({ as, note }) => {
      const entry = this.#ours(as, note);
      this.#notes.delete(new URL(note).pathname.split('/').at(-1));
      const { tos, ccs } = entry.audience;
      const object = new Tombstone({ id: entry.note.id });
      return this.#send(as, new Delete({ id: new URL(`${note}#delete`), actor: entry.note.attributionId, object, tos, ccs }), entry.audience);
    },
    // Removes the account, for the followers.
    leave: async ({ as }) => {
      const audience = await this.#audience(as, 'public', []);
      const actor = this.#context().getActorUri(as);
      const { tos, ccs } = audience;
      return this.#send(as, new Delete({ id: new URL(`${actor}#delete`), actor, object: actor, tos, ccs }), audience);
    },
    // From now on 410 for a person and their notes, whatever is accepted; nothing is sent.
    gone: async ({ as }) => {
      this.#gone.add(as);
      return { activity: null };
    },
    // Makes a follower of somebody who did not ask: {id, inbox, sharedInbox}.
    adopt: async ({ as, id, inbox, sharedInbox }) => {
      const endpoints = { sharedInbox: sharedInbox ? new URL(sharedInbox) : null };
      this.#people.get(as).followers.set(id, { id: new URL(id), inboxId: new URL(inbox), endpoints });
      return { activity: null };
    },
    // GETs something as others do, with our key's signature or without.
    fetch: async ({ as, uri, signed }) => {
      const context = this.#context();
      const load = signed ? await context.getDocumentLoader({ identifier: as }) : context.documentLoader;
      const error = await load(uri).then(() => null, (thrown) => String(thrown.message ?? thrown));
      return { activity: null, error };
    },
    like: async ({ as, note, author }) => {
      const named = [await this.#remote(author)];
      const like = new Like({ id: this.#id('likes'), actor: this.#context().getActorUri(as), object: new URL(note), to: named[0].id });
      return this.#send(as, like, { named, toFollowers: false });
    },
    announce: async ({ as, note, author }) => {
      const audience = await this.#audience(as, 'public', author ? [author] : []);
      const { tos, ccs } = audience;
      const actor = this.#context().getActorUri(as);
      return this.#send(as, new Announce({ id: this.#id('boosts'), actor, object: new URL(note), tos, ccs }), audience);
    },
    follow: async ({ as, whom }) => {
      const named = [await this.#remote(whom)];
      const actor = this.#context().getActorUri(as);
      return this.#send(as, new Follow({ id: this.#id('follows'), actor, object: named[0].id, to: named[0].id }), { named, toFollowers: false });
    },
    unfollow: async ({ as, whom, follow }) => {
      const named = [await this.#remote(whom)];
      const actor = this.#context().getActorUri(as);
      const object = new Follow({ id: new URL(follow), actor, object: named[0].id });
      return this.#send(as, new Undo({ id: this.#id('undos'), actor, object, to: named[0].id }), { named, toFollowers: false });
    },
  };

  #ours(as, note) {
    const entry = this.#notes.get(new URL(note).pathname.split('/').at(-1));
    if (!entry || entry.as !== as) throw new Error(`${as} has no note ${note}`);
    return entry;
  }

  followersOf(name) {
    return [...(this.#people.get(name)?.followers.keys() ?? [])];
  }
}
