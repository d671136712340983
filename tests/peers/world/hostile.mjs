// Ways to be a bad peer. Each deals with a request itself: `body` is a promise of the whole body of a POST, which is
// read in any case. `applies` says no to what the server is left to answer as it always does.

const JUNK = Buffer.alloc(64 * 1024, 'x');
const isPost = (_, { method }) => method === 'POST';
const always = () => true;

// `server.mode` is {name, …}; `server.counts` is what a mode remembers since it was set.
export const HOSTILE = {
  // Gone for everything, whatever is asked; keeps what it has.
  gone: {
    applies: always,
    run: async (_, request, response, body) => {
      await body;
      response.writeHead(410, { 'content-type': 'application/json' }).end('{"error":"Gone"}');
    },
  },
  // One status for every POST.
  status: {
    applies: isPost,
    run: async ({ mode }, request, response, body) => {
      await body;
      response.writeHead(mode.status).end();
    },
  },
  // Ends the connection in the middle of a POST's body; of a GET's answer it sends a part.
  cut: {
    applies: always,
    run: async (_, request, response) => {
      const end = () => request.socket.destroy();
      if (request.method === 'POST') request.once('data', end);
      else response.writeHead(200, { 'content-length': 1000, 'content-type': 'application/json' }).write('{"half":', end);
    },
  },
  // Promises a terabyte and sends a little.
  liar: {
    applies: always,
    run: async (_, request, response, body) => {
      await body;
      response.writeHead(200, { 'content-length': 1_099_511_627_776, 'content-type': 'application/json' }).write('{"id":[');
      setTimeout(() => request.socket.destroy(), 2_000).unref();
    },
  },
  // Sends without end, until the other side has had enough.
  flood: {
    applies: always,
    run: async (server, request, response, body) => {
      await body;
      server.counts.flooded ??= 0;
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(JUNK)) server.counts.flooded += JUNK.length;
      };
      response.on('drain', more).on('error', () => {});
      more();
    },
  },
  // Takes the connection and says nothing.
  hang: { applies: always, run: async () => {} },
  // Wants POSTs to go elsewhere.
  redirect: {
    applies: isPost,
    run: async ({ mode }, request, response, body) => {
      await body;
      response.writeHead(mode.status ?? 307, { location: mode.to }).end();
    },
  },
  // Too many requests, the first `times`.
  busy: {
    applies: ({ counts, mode }, request) => isPost(null, request) && (counts.busy ?? 0) < mode.times,
    run: async (server, request, response, body) => {
      server.counts.busy = (server.counts.busy ?? 0) + 1;
      await body;
      response.writeHead(429, { 'retry-after': String(server.mode.seconds) }).end();
    },
  },
  // Answers as always, late.
  slow: { applies: () => false },
};
