// Answers questions about KQL, one JSON object a line on standard input, one a line on standard output, in order.
//
//   {"check":{"target":"sentinel","query":"..."}}  ->  {"diagnostics":[...],"columns":[...]}
//   {"lex":{"text":"..."}}                         ->  {"tokens":[...]}
//   anything else, or a question that fails        ->  {"error":"..."}
//
// It ends when standard input does, so it never outlives the program that started it.
import fs from 'node:fs';
import { check, lex, world } from './kusto.mjs';

const read = (name) => JSON.parse(fs.readFileSync(new URL(`../schema/${name}.json`, import.meta.url), 'utf8'));

// _GetWatchlist and the ASIM parsers belong to Sentinel; Defender has none of them.
const build = {
  sentinel: () => world(read('sentinel'), read('functions')),
  defender: () => world(read('defender'), {}),
};
const worlds = {};

function answer(line) {
  try {
    const question = JSON.parse(line);
    if (question.lex) return { tokens: lex(question.lex.text) };
    if (!question.check) return { error: 'the question is neither check nor lex' };
    const { target, query } = question.check;
    if (!Object.hasOwn(build, target)) return { error: `unknown target ${target}, want ${Object.keys(build).join(' or ')}` };
    worlds[target] ??= build[target]();
    return check(query, worlds[target]);
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
