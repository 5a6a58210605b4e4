// Answers questions about KQL, one JSON object a line on standard input, one a line on standard output, in order.
//
//   {"world":{"name":"...","tables":{...},"functions":{...}}}  ->  {}
//   {"check":{"world":"...","query":"..."}}                    ->  {"diagnostics":[...],"columns":[...]}
//   {"lex":{"text":"..."}}                                     ->  {"tokens":[...]}
//   anything else, or a question that fails                    ->  {"error":"..."}
//
// It ends when standard input does, so it never outlives the program that started it. Its arguments are the address of
// kusto.mjs and the folder with the npm package.
const { check, lex, world } = await import(process.argv.at(-2));

const worlds = new Map();

function answer(line) {
  try {
    const question = JSON.parse(line);
    if (question.lex) return { tokens: lex(question.lex.text) };
    if (question.world) {
      worlds.set(question.world.name, world(question.world.tables, question.world.functions));
      return {};
    }
    return check(question.check.query, worlds.get(question.check.world));
  } catch (e) {
    return { error: String(e?.stack ?? e) };
  }
}

process.stdout.on('error', () => process.exit(1)); // nobody listens any more

// Not node:readline, which also ends a line at U+2028 and U+2029.
let pending = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (pending + chunk).split('\n');
  pending = lines.pop();
  for (const line of lines) process.stdout.write(JSON.stringify(answer(line)) + '\n');
});
