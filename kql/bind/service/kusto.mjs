// Microsoft's Kusto.Language (npm @kusto/language-service-next, a Bridge.NET build) as a few plain functions.
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

const PACKAGE = '@kusto/language-service-next';

/**
 * Loads the language service. Its files are neither ES modules nor CommonJS: bridge.js assigns to the global
 * object and the other file reads the global `Bridge`, so both are run as scripts of this realm. The package is that of
 * the folder which the program is started with: this text is itself in no folder.
 */
function load() {
  const folder = path.join(process.argv.at(-1), 'node_modules', PACKAGE);
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
    vm.runInThisContext(fs.readFileSync(path.join(folder, file), 'utf8'), { filename: file });
  }
  return globalThis.Kusto.Language;
}

const K = load();
const S = K.Symbols;

/** A .NET list as a JavaScript array; the lists of this build have no iterator of their own. */
function array(list, type) {
  if (!list) return [];
  return Array.from({ length: System.Array.getCount(list, type) }, (_, i) => System.Array.getItem(list, i, type));
}

/** SyntaxKind number -> name: System.Enum.toString per node is ruinously slow. */
const kindName = new Map();
for (const [name, value] of Object.entries(K.Syntax.SyntaxKind)) {
  if (typeof value === 'number') kindName.set(value, name);
}

// Names of a type that the table references use beside the engine's own.
const ALIAS = {
  boolean: 'bool', double: 'real', float: 'real', uuid: 'guid', uniqueid: 'guid', date: 'datetime', time: 'timespan',
  object: 'dynamic', integer: 'int', bigint: 'long',
};

function column(name, type) {
  const lower = type.toLowerCase();
  const symbol = S.ScalarTypes.GetSymbol(ALIAS[lower] ?? lower);
  if (!symbol) throw new Error(`column ${name}: unknown type ${type}`);
  return new S.ColumnSymbol(name, symbol, null, null, null, null);
}

const columns = (schema) => Object.entries(schema).map(([name, type]) => column(name, type));

/**
 * The world that a query is bound against.
 * schema:    {"Table": {"Column": "type"}}
 * functions: {"name": {"params": "(a:string, b:dynamic=dynamic(null))", "open": {"Column": "type"}}}
 *            open = a tabular function whose result has these columns and may have others.
 */
export function world(schema, functions) {
  const members = Object.entries(schema).map(([name, table]) => new S.TableSymbol.$ctor4(name, columns(table)));
  for (const [name, { params, open }] of Object.entries(functions)) {
    const result = new S.TableSymbol.ctor(columns(open)).WithIsOpen(true);
    members.push(new S.FunctionSymbol.$ctor5(name, result, array(S.Parameter.ParseList(params), S.Parameter)));
  }
  const database = new S.DatabaseSymbol.ctor('db', members);
  const cluster = new S.ClusterSymbol.ctor('cluster', [database]);
  return K.GlobalState.Default.WithCluster(cluster).WithDatabase(database);
}

const finding = (source) => (d) => ({
  severity: String(d.Severity).toLowerCase(), code: d.Code, start: d.Start, end: d.Start + d.Length, message: d.Message, source,
});

/**
 * Parses and binds one query: every diagnostic of the binder, every hint of Microsoft's analyzers, our own strict
 * rules, and the columns of the result (null when there is no result table). Offsets count UTF-16 code units.
 */
export function check(text, globals) {
  const code = K.KustoCode.ParseAndAnalyze(text, globals);
  const hints = new K.Editor.KustoCodeService.ctor(code).GetAnalyzerDiagnostics(true);
  const result = code.ResultType?.Columns;
  return {
    diagnostics: [
      ...array(code.GetDiagnostics(), K.Diagnostic).map(finding('kusto')),
      ...array(hints, K.Diagnostic).map(finding('analyzer')),
      ...strict(code),
    ],
    columns: result ? array(result, S.ColumnSymbol).map((c) => ({ name: c.Name, type: c.Type.Name })) : null,
  };
}

/** Comparisons of one value that the binder accepts whatever the two types are. */
const EQUALITY = new Set(['EqualExpression', 'NotEqualExpression']);
/** Comparisons with a list, whose elements the binder does not look at. */
const MEMBERSHIP = new Set([
  'InExpression', 'InCsExpression', 'NotInExpression', 'NotInCsExpression', 'HasAnyExpression', 'HasAllExpression',
]);
/** String searches: an empty search text is no search. */
const SEARCH = /^(Not)?(Has|HasPrefix|HasSuffix|Contains|StartsWith|EndsWith|MatchesRegex)(Cs)?Expression$/;
const SEARCH_LIST = new Set(['HasAnyExpression', 'HasAllExpression']);

/**
 * What the binder lets pass and a generated query must not do:
 *   CHK001  == or != between two families of types (string == int)
 *   CHK002  in, has_any or has_all with an element of another family
 *   CHK003  not exactly one query: no tabular statement, several, or a management command
 *   CHK006  a search for the empty string
 *   CHK007  a comparison with a list that has no element
 */
function strict(code) {
  const found = [];
  const add = (rule, node, message) =>
    found.push({ severity: 'error', code: rule, start: node.TextStart, end: node.End, message, source: 'strict' });
  countQueries(code, add);
  K.Syntax.SyntaxElement.WalkNodes(code.Syntax, (node) => {
    const kind = kindName.get(node.Kind);
    if (EQUALITY.has(kind)) checkEquality(node, add);
    else if (MEMBERSHIP.has(kind)) checkList(node, kind, add);
    if (SEARCH.test(kind) && node.Right?.ConstantValue === '') add('CHK006', node, 'Searching for an empty string.');
  });
  return found;
}

function countQueries(code, add) {
  if (code.Kind !== 'Query') {
    add('CHK003', code.Syntax, `A ${code.Kind.toLowerCase()} where a query is expected.`);
    return;
  }
  const statements = elements(code.Syntax.Statements).filter((s) => kindName.get(s.Kind) === 'ExpressionStatement');
  if (statements.length === 0) add('CHK003', code.Syntax, 'The text holds no query.');
  if (statements.length > 1) add('CHK003', statements[1], `The text holds ${statements.length} queries.`);
}

function checkEquality(node, add) {
  const left = family(node.Left?.ResultType);
  const right = family(node.Right?.ResultType);
  if (left && right && left !== right) {
    add('CHK001', node, `Comparing ${node.Left.ResultType.Name} with ${node.Right.ResultType.Name}.`);
  }
}

function checkList(node, kind, add) {
  const left = family(node.Left?.ResultType);
  let otherFamily = false;
  for (const e of elements(node.Right?.Expressions)) {
    const type = family(e.ResultType) ?? family(e.ResultType?.ElementType);
    if (left && type && type !== left && !otherFamily) {
      otherFamily = true;
      add('CHK002', e, `List element of type ${e.ResultType.Name} in a list compared with ${node.Left.ResultType.Name}.`);
    }
    const items = constantItems(e);
    if (items?.length === 0) add('CHK007', e, 'Comparing with an empty list.');
    if (SEARCH_LIST.has(kind) && items?.includes('')) add('CHK006', e, 'Searching for an empty string.');
  }
}

/** The elements of a syntax list, without their separators. */
function elements(list) {
  if (!list) return [];
  return Array.from({ length: list.Count }, (_, i) => list.getItem(i)).map((e) => e.Element$1 ?? e.Element ?? e);
}

/** The values that an element of a list stands for, when they are known before the query runs, else undefined. */
function constantItems(e) {
  if (!e.IsConstant) return undefined;
  if (e.ResultType?.Name === 'string') return [e.ConstantValue];
  const text = e.ConstantValueInfo?.ValueText ?? '';
  if (/^\s*\[\s*\]\s*$/.test(text)) return [];
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // a dynamic literal need not be JSON; the binder has its own word on what it must be
  }
}

/** Types that may be compared with each other share a family; null is no opinion. */
function family(type) {
  switch (type?.Name) {
    case 'string': return 'string';
    case 'int': case 'long': case 'real': case 'decimal': return 'number';
    case 'datetime': case 'timespan': case 'bool': case 'guid': return type.Name;
    default: return null;
  }
}

/** Microsoft's lexer: the tokens of a text, the end-of-text token (with the trivia before it) last. */
export function lex(text) {
  let start = 0;
  return array(K.Parsing.TokenParser.ParseTokens(text), K.Parsing.LexicalToken).map((t) => {
    const token = { kind: kindName.get(t.Kind), trivia: t.Trivia, text: t.Text, start: start + t.Trivia.length };
    start += t.Length;
    token.end = start;
    const problems = array(t.Diagnostics, K.Diagnostic).map((d) => `${d.Code}: ${d.Message}`);
    if (token.kind === 'StringLiteralToken') {
      token.value = K.KustoFacts.GetStringLiteralValue(t.Text);
      if (/\p{Surrogate}/u.test(token.value)) problems.push('the value holds half a surrogate pair');
    }
    if (problems.length > 0) token.problems = problems;
    return token;
  });
}
