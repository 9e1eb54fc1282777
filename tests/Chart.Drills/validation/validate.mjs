// Checks rendered documents without a cluster: with the validators made of Kubernetes' OpenAPI document (types, required fields, enums), and
// as typed object literals by TypeScript (fields that do not exist). Reads YAML from the files named; prints each fault; exit code 1 with one.
import { readFileSync, writeFileSync, mkdtempSync, symlinkSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as yaml from 'js-yaml';
import ts from 'typescript';

const packages = { 'keda.sh': '@kubernetes-models/keda', 'monitoring.coreos.com': '@kubernetes-models/prometheus-operator', 'gateway.networking.k8s.io': '@kubernetes-models/gateway-api', 'cert-manager.io': '@kubernetes-models/cert-manager' };
const moduleOf = apiVersion => `${packages[apiVersion.split('/')[0]] ?? 'kubernetes-models'}/${apiVersion}`;

let faults = 0, documents = 0;
const complain = message => { faults++; console.error(message); };
const literals = [], imports = new Map();
for (const file of process.argv.slice(2)) {
  for (const document of yaml.loadAll(readFileSync(file, 'utf8')).filter(Boolean)) {
    documents++;
    const name = `${file}: ${document.kind} ${document.metadata?.name}`;
    const from = moduleOf(document.apiVersion ?? '');
    let model;
    try { model = (await import(from))[document.kind]; } catch { /* told below */ }
    if (!model) { complain(`${name}: there is no ${document.kind} in ${document.apiVersion}`); continue; }
    try { new model(document).validate(); } catch (e) { complain(`${name}: ${e.message}`); }
    const alias = `${document.kind}_${from.replace(/\W/g, '_')}`;
    imports.set(alias, `import type { I${document.kind} as ${alias} } from '${from}';`);
    literals.push({ name, text: `const d${literals.length}: ${alias} = ${JSON.stringify(document)};` });
  }
}
const folder = mkdtempSync(join(resolve('.'), '.types-'));
try {
  const source = join(folder, 'documents.ts');
  const head = [...imports.values()];
  writeFileSync(source, [...head, ...literals.map(l => l.text)].join('\n'));
  const program = ts.createProgram([source], { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022 });
  for (const d of ts.getPreEmitDiagnostics(program)) {
    const line = d.file ? d.file.getLineAndCharacterOfPosition(d.start).line - head.length : -1;
    complain(`${literals[line]?.name ?? 'types'}: ${ts.flattenDiagnosticMessageText(d.messageText, ' ')}`);
  }
} finally { rmSync(folder, { recursive: true }); }
console.log(`${documents} documents, ${faults} faults`);
process.exit(faults ? 1 : 0);
