// Follows the text of typescript.js, in one file from which a heap snapshot is made: compiles, with
// all checks, what the command line says, as tsc does.
"use strict";
{
  const { startupSnapshot } = require("v8");
  const library = process.env.TYPESCRIPT_LIB;
  const parsed = new Map();
  let parsedFor = "";

  // What the compiler remembers of the machine is that of another time and place.
  ts.sys.getCurrentDirectory = () => process.cwd();

  const makeHost = (options) => {
    const host = ts.createCompilerHost(options);
    const parse = host.getSourceFile;
    const known = JSON.stringify(options) === parsedFor;
    host.getCurrentDirectory = () => process.cwd();
    host.getDefaultLibLocation = () => library;
    host.getDefaultLibFileName = (own) => `${library}/${ts.getDefaultLibFileName(own)}`;
    host.getSourceFile = (name, ...rest) => (known && parsed.get(name)) || parse(name, ...rest);
    return host;
  };

  const compile = (argv) => {
    const { options, fileNames, errors } = ts.parseCommandLine(argv);
    const host = makeHost(options);
    const program = ts.createProgram(fileNames, options, host);
    const found = [...errors, ...ts.getPreEmitDiagnostics(program)];
    if (found.length === 0) {
      found.push(...program.emit().diagnostics);
    }
    ts.sys.write(ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(found), host));
    return { program, options, failed: found.length > 0 };
  };

  const first = compile(process.argv.slice(2));
  if (first.failed) {
    process.exit(1);
  }
  for (const file of first.program.getSourceFiles()) {
    if (file.isDeclarationFile) {
      parsed.set(file.fileName, file);
    }
  }
  parsedFor = JSON.stringify(first.options);

  startupSnapshot.setDeserializeMainFunction(() => {
    process.exitCode = compile(process.argv.slice(1)).failed ? 1 : 0;
  });
}
