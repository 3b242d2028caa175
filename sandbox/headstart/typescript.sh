# A heap snapshot of Node.js in which the compiler is loaded, and has parsed what the language and Node
# declare. The options are those of the language table; with others it parses that again.
command -v node >/dev/null && command -v tsc >/dev/null || exit 77

lib=$(dirname "$(readlink -f "$(command -v tsc)")")/../lib
cat "$lib/typescript.js" "$1/compile.js" >entry.js
cp "$1/samples/main.ts" .
TYPESCRIPT_LIB=$(cd "$lib" && pwd) node --snapshot-blob "$2/tsc.blob" --build-snapshot entry.js \
    main.ts --target es2022 --module commonjs --moduleDetection force --esModuleInterop \
    --lib es2022 --types node --typeRoots /usr/share/nodejs/@types --noEmitOnError --skipLibCheck
