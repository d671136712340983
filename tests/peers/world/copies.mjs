// What one server keeps of other servers' people: the truth that the back door tells.
//
// An account or object is `full` (content and all), `hidden` (not shown any more, its content still there) or a
// `stub` (the content is gone, a row with its URI stays). What is not here is gone.

export class Copies {
  accounts = new Map();
  objects = new Map();
  follows = new Set();
  next = 1;

  addAccount(uri, { handle, pem }) {
    if (!this.accounts.has(uri)) this.accounts.set(uri, { uri, handle, pem, id: String(this.next++), state: 'full' });
    return this.accounts.get(uri);
  }

  accountNamed(handle) {
    return [...this.accounts.values()].find((account) => account.handle === handle);
  }

  addObject(uri, { owner, type, text }) {
    if (!this.objects.has(uri)) this.objects.set(uri, { uri, owner, type, id: String(this.next++), state: 'full' });
    Object.assign(this.objects.get(uri), { text });
  }

  ofOwner(owner) {
    return [...this.objects.values()].filter((object) => object.owner === owner);
  }

  // Gone, without a row that stays.
  drop(uri) {
    this.accounts.delete(uri);
    this.objects.delete(uri);
    this.follows.delete(uri);
  }

  dropWithObjects(owner) {
    this.ofOwner(owner).forEach((object) => this.objects.delete(object.uri));
    this.drop(owner);
  }

  stub(uri) {
    const row = this.accounts.get(uri) ?? this.objects.get(uri);
    if (row) Object.assign(row, { state: 'stub', text: undefined });
  }

  hide(uri) {
    const row = this.accounts.get(uri) ?? this.objects.get(uri);
    if (row && row.state === 'full') row.state = 'hidden';
  }

  // What is left of one person: {account: state or 'none', objects: {full, hidden, stub}, content, rows}. `content` is
  // how many things still have their content, `rows` how many are left in any form.
  of(owner) {
    const objects = { full: 0, hidden: 0, stub: 0 };
    this.ofOwner(owner).forEach(({ state }) => (objects[state] += 1));
    const account = this.accounts.get(owner)?.state ?? 'none';
    const accountContent = account === 'full' || account === 'hidden' ? 1 : 0;
    const content = objects.full + objects.hidden + accountContent;
    return { account, objects, content, rows: objects.full + objects.hidden + objects.stub + (account === 'none' ? 0 : 1) };
  }
}
