package hokku.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// A jar with a signature, which keeps its classes out of the ahead-of-time cache.
///
/// Nothing is lost by taking the signature off: Maven checked the file when it fetched it, and a checksum of the whole package
/// is what people can compare. BouncyCastle works as a provider of cryptography without it on OpenJDK.
record SignedJar(Path file) {
    static boolean isSigned(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream().map(ZipEntry::getName).anyMatch(SignedJar::isSignature);
        }
    }

    void writeUnsigned(Path copy) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(copy))) {
            List<? extends ZipEntry> entries = Collections.list(zip.entries());
            for (ZipEntry entry : entries) {
                if (isSignature(entry.getName())) {
                    continue;
                }
                ZipEntry unsigned = new ZipEntry(entry.getName());
                unsigned.setTimeLocal(entry.getTimeLocal());
                out.putNextEntry(unsigned);
                if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    writeManifest(zip, entry, out);
                } else if (!entry.isDirectory()) {
                    zip.getInputStream(entry).transferTo(out);
                }
                out.closeEntry();
            }
        }
    }

    /// Only the main section stays: the others are the digests that were signed.
    private static void writeManifest(ZipFile zip, ZipEntry entry, OutputStream out) throws IOException {
        Manifest manifest = new Manifest(zip.getInputStream(entry));
        manifest.getEntries().clear();
        manifest.write(out);
    }

    private static boolean isSignature(String entry) {
        String name = entry.toUpperCase(Locale.ROOT);
        return name.startsWith("META-INF/")
                && name.indexOf('/', "META-INF/".length()) < 0
                && (name.endsWith(".SF") || name.endsWith(".RSA") || name.endsWith(".DSA") || name.endsWith(".EC"));
    }
}
