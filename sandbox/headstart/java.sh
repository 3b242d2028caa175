# A compiler that writes the jar itself, and an archive of the classes that javac loads: those of the
# JDK only, with an empty class path, so that it does not matter where the archive lies.
command -v javac >/dev/null || exit 77

javac -d classes "$1/Compile.java"
jar --create --file "$2/compile.jar" -C classes .
java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
    -XX:ArchiveClassesAtExit="$2/javac.jsa" -cp "" \
    com.sun.tools.javac.Main -d classes "$1/samples/Main.java"
