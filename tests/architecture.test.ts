/** The house rules a machine can see: which room may import which, no cycles, no path in our documents that does not exist. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const ROOMS = ['bot', 'jobs', 'handlers', 'knowledge', 'tests'] as const;
type Room = (typeof ROOMS)[number];

/** What a room may import, besides itself. */
const MAY_IMPORT: Readonly<Record<Room, readonly Room[]>> = {
  bot: ['jobs', 'handlers', 'knowledge'],
  jobs: ['handlers', 'knowledge'],
  handlers: ['knowledge'],
  knowledge: [],
  tests: ['bot', 'jobs', 'handlers', 'knowledge'],
};

/** Packages that only one place may touch, so that they can be replaced by editing that place. */
const ONLY_IN: readonly (readonly [packages: RegExp, where: RegExp])[] = [
  [/^(koa|@koa\/router|raw-body)$/, /^bot\//],
  [/^bullmq$/, /^jobs\/queue\/bullmq\.ts$/],
  [/^ioredis$/, /^(jobs\/queue\/bullmq\.ts|bot\/cli\/|bot\/doctor)/],
  [/^(langchain|@langchain\/)/, /^knowledge\/(model|embedding\/client)\.ts$/],
  [/^@wecom\/crypto$/, /^bot\/channels\/wecom/],
  [/^pg$/, /^bot\//],
  [/^(vitest|fast-check|playwright-core)/, /^tests\//],
];

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts') && statSync(join(ROOT, name)).isFile());
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Import lines only: a word in a string or comment is no import. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(
    /^(?:import|export)\s(type\s)?[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm,
  )) {
    const to = match[2] ?? match[3] ?? match[4];
    if (to) found.push({ from: file, to, typeOnly: match[1] !== undefined });
  }
  return found;
}

const files = ROOMS.flatMap((room) => (existsSync(join(ROOT, room)) ? sources(room) : []));
const imports = files.flatMap(importsOf);
const inside = imports
  .filter((one) => one.to.startsWith('.'))
  .map((one) => ({ ...one, to: normalize(join(dirname(one.from), one.to)) }));

describe('the house', () => {
  it('has arrows only downwards: bot → jobs → handlers → knowledge, and nothing imports bot or tests', () => {
    const wrong = inside.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return a !== undefined && b !== undefined && a !== b && !MAY_IMPORT[a].includes(b);
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
    expect(inside.length).toBeGreaterThan(100);
  });

  it('imports no file that is not there', () => {
    expect(inside.filter(({ to }) => !existsSync(join(ROOT, to))).map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('keeps each vendor in its one place', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (to.startsWith('.') || from.startsWith('tests/')) return false;
      return ONLY_IN.some(([packages, where]) => packages.test(to) && !where.test(from));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it('reads the environment and the real time only at the edge', () => {
    const guilty = files
      .filter((file) => /^(handlers|knowledge)\//.test(file))
      .filter((file) =>
        /process\.env|Date\.now\(|Math\.random\(|new Date\(\)/.test(readFileSync(join(ROOT, file), 'utf8')),
      );
    expect(guilty).toEqual([]);
  });

  it('has no cycle between files, type imports aside', () => {
    const graph = new Map<string, string[]>();
    for (const { from, to, typeOnly } of inside) if (!typeOnly) graph.set(from, [...(graph.get(from) ?? []), to]);
    expect(findCycle(graph)).toEqual([]);
  });

  it('begins every file with a sentence on what it is for', () => {
    const silent = files.filter((file) => !/^(#!.*\n)?(\/\*\*|\/\/)/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(silent.filter((file) => !file.endsWith('.test.ts'))).toEqual([]);
  });

  it('names in its documents only paths that exist', () => {
    const documents = [
      'README.md',
      'README.zh-CN.md',
      'CONTRIBUTING.md',
      ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
    ];
    const missing: string[] = [];
    for (const document of documents.filter((name) => name.endsWith('.md') && existsSync(join(ROOT, name)))) {
      const text = readFileSync(join(ROOT, document), 'utf8');
      for (const [, path] of text.matchAll(/[`(]((?:bot|jobs|handlers|knowledge|tests|docs)\/[\w./-]*\w\/?)[`)#]/g)) {
        if (path && !existsSync(join(ROOT, path))) missing.push(`${document}: ${path}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

function roomOf(file: string): Room | undefined {
  const [first] = relative('.', file).split('/');
  return ROOMS.find((room) => room === first);
}

/** The first cycle found, as a list of files; empty where there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return [];
}
