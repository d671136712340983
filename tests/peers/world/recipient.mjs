// A server made with Fedify that really deletes: it keeps what it is sent, and what it is told to delete by its owner,
// with a signature that Fedify verified, is gone.
import { createFederation, MemoryKvStore } from '@fedify/fedify';
import { Announce, Create, Delete, Endpoints, Follow, Like, Person, Undo, Update } from '@fedify/vocab';

import { Front } from '../lib/front.mjs';
import { Copies } from './copies.mjs';

export class FedifyRecipient {
  copies = new Copies();
  asked = [];
  mode = { name: 'honest' };

  constructor({ host, port, key, cert }) {
    this.host = host;
    this.front = new Front({ host, port, key, cert, handle: (request) => this.#fetch(request) });
    this.federation = createFederation({ kv: new MemoryKvStore(), allowPrivateAddress: true, circuitBreaker: false, origin: this.front.base });
    this.#describe();
  }

  get inboxes() {
    return { shared: `${this.front.base}/inbox`, personal: `${this.front.base}/users/reader/inbox` };
  }

  get posts() {
    return this.front.posts.map((post) => ({ ...post, body: undefined, at: Date.parse(post.at) }));
  }

  start() {
    return this.front.listen();
  }

  stop() {
    return this.front.close();
  }

  async setMode(mode) {
    this.mode = mode;
    await this.front.setMode(mode.name === 'down' ? { name: 'refuse' } : { name: 'accept' });
  }

  async truth(actor) {
    return this.copies.of(actor);
  }

  // As when somebody it listens to announces what it does not know yet.
  async importObject(uri) {
    const { id, type, content, attributedTo } = await (await fetch(uri, { headers: { accept: 'application/activity+json' } })).json();
    this.#account(new URL(attributedTo));
    this.copies.addObject(id, { owner: attributedTo, type, text: content });
  }

  #fetch(request) {
    return this.federation.fetch(request, { contextData: null });
  }

  #describe() {
    const { federation } = this;
    federation.setActorDispatcher('/users/{identifier}', (context, name) => {
      const endpoints = new Endpoints({ sharedInbox: context.getInboxUri() });
      return new Person({ id: context.getActorUri(name), preferredUsername: name, inbox: context.getInboxUri(name), endpoints });
    });
    federation.setNodeInfoDispatcher('/nodeinfo/2.1', () => ({
      software: { name: 'fedify-recipient', version: '2.3.6' },
      protocols: ['activitypub'],
      usage: { users: {}, localPosts: 0, localComments: 0 },
    }));
    const inbox = federation.setInboxListeners('/users/{identifier}/inbox', '/inbox');
    for (const type of [Create, Update]) inbox.on(type, (_, activity) => this.#keep(activity));
    for (const type of [Follow, Like, Announce]) inbox.on(type, (_, activity) => this.#note(activity));
    inbox.on(Delete, (_, { actorId, objectId }) => this.#delete(actorId.href, objectId.href));
    inbox.on(Undo, (_, { actorId, objectId }) => this.#delete(actorId.href, objectId.href));
  }

  #account({ href, host, pathname }) {
    return this.copies.addAccount(href, { handle: `${pathname.split('/').at(-1)}@${host}` });
  }

  async #keep(activity) {
    const object = await activity.getObject();
    this.#account(activity.actorId);
    this.copies.addObject(object.id.href, { owner: activity.actorId.href, type: object.constructor.name, text: String(object.content) });
  }

  #note(activity) {
    this.#account(activity.actorId);
    const { name } = activity.constructor;
    if (name !== 'Follow') this.copies.addObject(activity.id.href, { owner: activity.actorId.href, type: name, text: name });
  }

  #delete(actor, object) {
    if (actor === object) this.copies.dropWithObjects(actor);
    else if (this.copies.objects.get(object)?.owner === actor) this.copies.drop(object);
  }
}
