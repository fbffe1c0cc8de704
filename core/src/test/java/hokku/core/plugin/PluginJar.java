package hokku.core.plugin;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A plugin's jar, compiled and packed by the test.
final class PluginJar {
    private static final String IMPORTS = """
            import hokku.api.*;
            import hokku.api.hook.*;
            import hokku.api.spi.*;
            import picocli.CommandLine;
            """;

    /// What was compiled already, by class path and sources: tests share many of their plugins.
    private static final Map<List<Object>, Map<String, byte[]>> COMPILED = new ConcurrentHashMap<>();

    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new TreeMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();
    private String classPath = System.getProperty("java.class.path");

    private PluginJar(String id) {
        manifest.put("Plugin-Id", id);
        manifest.put("Plugin-Version", "1.0.0");
        manifest.put("Plugin-Requires", "1.0.0");
    }

    /// A plugin whose class `<id>.Main` has the given statements in its method contribute(context, to).
    static PluginJar of(String id, String contribute) {
        return of(id, contribute, "");
    }

    /// @param members further members of the class
    static PluginJar of(String id, String contribute, String members) {
        return new PluginJar(id).mainClass(id, contribute, members);
    }

    /// A jar that holds no more than a manifest.
    static PluginJar empty(String id) {
        return new PluginJar(id);
    }

    private PluginJar mainClass(String id, String contribute, String members) {
        String folder = id.replaceAll("[^a-z0-9]", "");
        manifest.putIfAbsent("Plugin-Class", folder + ".Main");
        return source(folder + ".Main", """
                package %s;
                %s
                public class Main implements Plugin {
                    public void contribute(PluginContext context, Contributions to) throws Exception {
                        %s
                    }
                    %s
                }
                """.formatted(folder, IMPORTS, contribute, members));
    }

    PluginJar source(String type, String text) {
        sources.put(type, text);
        return this;
    }

    PluginJar manifest(String entry, String value) {
        manifest.put(entry, value);
        return this;
    }

    PluginJar without(String entry) {
        manifest.remove(entry);
        return this;
    }

    PluginJar entry(String name, String text) {
        entries.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /// Compiles against the classes of another plugin too.
    PluginJar with(Path library) {
        classPath = classPath + java.io.File.pathSeparator + library;
        return this;
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    InputStream stream() {
        return new ByteArrayInputStream(bytes());
    }

    byte[] bytes() {
        try {
            Map<String, byte[]> all = new TreeMap<>(entries);
            if (!sources.isEmpty()) {
                all.putAll(COMPILED.computeIfAbsent(List.of(classPath, Map.copyOf(sources)), key -> compile()));
            }
            Manifest head = new Manifest();
            head.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            manifest.forEach((name, value) -> head.getMainAttributes().putValue(name, value));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (JarOutputStream jar = new JarOutputStream(bytes, head)) {
                for (Map.Entry<String, byte[]> entry : all.entrySet()) {
                    jar.putNextEntry(new JarEntry(entry.getKey()));
                    jar.write(entry.getValue());
                    jar.closeEntry();
                }
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, byte[]> compile() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        Map<String, ByteArrayOutputStream> classes = new TreeMap<>();
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                JavaFileManager files = new ForwardingJavaFileManager<>(standard) {
                    @Override
                    public JavaFileObject getJavaFileForOutput(Location location, String type, JavaFileObject.Kind kind, FileObject sibling) {
                        return new SimpleJavaFileObject(URI.create("memory:///" + type.replace('.', '/')), kind) {
                            @Override
                            public ByteArrayOutputStream openOutputStream() {
                                return classes.computeIfAbsent(type.replace('.', '/') + ".class", name -> new ByteArrayOutputStream());
                            }
                        };
                    }
                }) {
            List<SimpleJavaFileObject> texts = sources.entrySet().stream().map(source -> text(source.getKey(), source.getValue())).toList();
            if (!compiler.getTask(messages, files, null, List.of("-proc:none", "-cp", classPath), null, texts).call()) {
                throw new IllegalStateException("the plugin does not compile:\n" + messages);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, byte[]> bytes = new TreeMap<>();
        classes.forEach((name, code) -> bytes.put(name, code.toByteArray()));
        return bytes;
    }

    private static SimpleJavaFileObject text(String type, String text) {
        return new SimpleJavaFileObject(URI.create("memory:///" + type.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public String getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
