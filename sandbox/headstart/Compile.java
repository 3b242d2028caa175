// javac and jar in one go, which spares the start of a second virtual machine:
// Compile JAR MAIN_CLASS OPTION_OR_FILE...

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

public final class Compile {
    private static final Path CLASSES = Path.of(".classes");

    public static void main(String[] arguments) throws IOException {
        List<String> options = new ArrayList<>(List.of(arguments).subList(2, arguments.length));
        options.add("-d");
        options.add(CLASSES.toString());
        int code = com.sun.tools.javac.Main.compile(options.toArray(String[]::new));
        if (code == 0) {
            pack(Path.of(arguments[0]), arguments[1]);
        }
        System.exit(code);
    }

    /** Uncompressed: it is read as often as it is written, and lies in memory. */
    private static void pack(Path jar, String mainClass) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(CLASSES)) {
            zip.setLevel(0);
            zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            zip.write(manifest(mainClass));
            files.filter(Files::isRegularFile).forEach(file -> copy(file, zip));
        }
    }

    /** Lines of a manifest have at most 72 bytes; longer ones go on after a space. */
    private static byte[] manifest(String mainClass) {
        byte[] line = ("Main-Class: " + mainClass).getBytes(StandardCharsets.UTF_8);
        var text = new ByteArrayOutputStream();
        text.writeBytes("Manifest-Version: 1.0\r\n".getBytes(StandardCharsets.UTF_8));
        for (int start = 0, room = 70; start < line.length; start += room, room = 69) {
            text.writeBytes((start == 0 ? "" : "\r\n ").getBytes(StandardCharsets.UTF_8));
            text.write(line, start, Math.min(room, line.length - start));
        }
        text.writeBytes("\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        return text.toByteArray();
    }

    private static void copy(Path file, ZipOutputStream zip) {
        try {
            zip.putNextEntry(new ZipEntry(CLASSES.relativize(file).toString()));
            Files.copy(file, zip);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
