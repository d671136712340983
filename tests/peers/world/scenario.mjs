// What happens before anybody deletes anything: somebody writes, every server of the world gets it, and some of them
// turn bad.
import assert from 'node:assert/strict';

import { HOSTS } from './hosts.mjs';

export const POSTS = 3;
// An account and its posts: what each server can keep of one person here.
export const THINGS = POSTS + 1;
const BLOG = 'wordpress.test';

// `as` follows the blog, if it is there, and posts to everybody; gives the posts' URIs.
export async function populate(world, as, hosts = HOSTS.map(({ host }) => host), posts = POSTS) {
  const to = hosts.map((host) => world.inboxOf(host));
  if (hosts.includes(BLOG)) await world.act('follow', { as, whom: `https://${BLOG}/?author=1`, to: [world.inboxOf(BLOG)] });
  const objects = [];
  for (let n = 1; n <= posts; n += 1) {
    const sent = await world.act('note', { as, text: `post ${n} of ${as}`, to });
    for (const { host, status, error } of sent.deliveries) assert.ok(status >= 200 && status < 300, `${host}: ${status ?? error}`);
    objects.push(sent.object);
  }
  return objects;
}

export async function turnBad(world) {
  for (const { host, bad } of HOSTS) if (bad) await world.mode(host, bad);
}

export async function turnGood(world) {
  for (const { host, bad } of HOSTS) if (bad) await world.mode(host, { name: 'honest' });
}

export async function eventually(check, ms = 60_000, every = 100) {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  }
}

// The server's own deletion, as Mastodon does it, with nothing of Fedtrail in the way: the truth afterwards, by host.
export async function ownDeletion(world, as) {
  const { [as]: person } = await world.people();
  await world.act('leave', { as, to: HOSTS.map(({ host }) => world.inboxOf(host)) });
  for (let n = 0; n < 2; n += 1) await world.act('leave_again', { as });
  return world.copies(person.actor);
}
