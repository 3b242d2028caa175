# An archive of what the compiler loads when it is started directly; kotlinc puts a class loader of
# its own around it, for whose classes there are no archives. Started so it cannot find the runtime to
# put into the jar; programs find that where it is.
home=/usr/share/kotlin/kotlinc
command -v java >/dev/null && [ -e $home/lib/kotlin-compiler.jar ] || exit 77

for jar in kotlin-compiler annotations-13.0 kotlin-stdlib kotlin-reflect kotlin-script-runtime trove4j; do
    classpath=${classpath:+$classpath:}$home/lib/$jar.jar
done
echo "$classpath" >"$2/classpath"
java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xss64m \
    -XX:ArchiveClassesAtExit="$2/kotlinc.jsa" -cp "$classpath" \
    org.jetbrains.kotlin.cli.jvm.K2JVMCompiler \
    -kotlin-home $home -nowarn -d main.jar "$1/samples/Main.kt"
