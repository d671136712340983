// Makes every name under .test (RFC 2606) mean this machine, without touching /etc/hosts: loaded with --import
// before anything that resolves names, Fedify's own guard included.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const isOurs = (name) => /(^|\.)test\.?$/i.test(name);
const LOOPBACK = { address: '127.0.0.1', family: 4 };

const lookup = dns.lookup;
dns.lookup = (name, options, callback) => {
  const [given, done] = typeof options === 'function' ? [{}, options] : [options ?? {}, callback];
  if (!isOurs(name)) return lookup(name, given, done);
  const all = typeof given === 'object' && given.all;
  process.nextTick(() => (all ? done(null, [LOOPBACK]) : done(null, LOOPBACK.address, LOOPBACK.family)));
};

const lookupPromise = dns.promises.lookup;
dns.promises.lookup = async (name, options = {}) => {
  if (!isOurs(name)) return lookupPromise(name, options);
  return options.all ? [LOOPBACK] : LOOPBACK;
};
syncBuiltinESMExports();
