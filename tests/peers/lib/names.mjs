// Makes every name under .test (RFC 2606) mean this machine, without touching /etc/hosts: loaded with --import
// before anything that resolves names, Fedify's own guard included. PEER_PORTS ({"peer.test": 12345}) says where
// the servers really listen, so that their URLs need no port and nobody needs port 443.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

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

const ports = JSON.parse(process.env.PEER_PORTS ?? '{}');
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  // net.connect() hands over its arguments packed, tls.connect() does not.
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (Number(options?.port) === 443 && ports[options.host]) options.port = ports[options.host];
  return connect.apply(this, args);
};
syncBuiltinESMExports();
