package hokku.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Compares the API with the list of its signatures, so that no change of it goes unnoticed.
///
/// A changed API needs a new list (`-Dhokku.golden.write=true` writes it) and a new [ApiVersion].
class PluginApiTest {
    private static final Path GOLDEN = Path.of("src/test/resources/plugin-api.golden");

    @Test
    void theApiIsWhatTheGoldenFileSays() throws Exception {
        List<String> signatures = new ArrayList<>();
        signatures.add("version " + ApiVersion.current());
        for (Class<?> type : types()) {
            describe(type, signatures);
        }
        if (Boolean.getBoolean("hokku.golden.write")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.write(GOLDEN, signatures);
        }
        assertThat(changes(Files.readAllLines(GOLDEN), signatures)).as("the API has changed: see CONTRIBUTING.md").isEmpty();
    }

    /// Lines that are in one of two lists only, each with the type that it belongs to.
    private static List<String> changes(List<String> golden, List<String> now) {
        List<String> changes = new ArrayList<>(qualified(golden));
        changes.removeAll(qualified(now));
        changes.replaceAll(line -> "- " + line);
        List<String> added = new ArrayList<>(qualified(now));
        added.removeAll(qualified(golden));
        added.forEach(line -> changes.add("+ " + line));
        return changes;
    }

    private static Set<String> qualified(List<String> lines) {
        Set<String> qualified = new LinkedHashSet<>();
        String type = "";
        for (String line : lines) {
            type = line.startsWith(" ") ? type : line;
            qualified.add(line.startsWith(" ") ? type + " " + line : line);
        }
        return qualified;
    }

    /// The public types, those within others too.
    private static List<Class<?>> types() throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(Plugin.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
                if (!name.endsWith("package-info")) {
                    Class<?> type = Class.forName(name);
                    if (isOpen(type)) {
                        types.add(type);
                    }
                }
            }
        }
        types.sort((one, other) -> one.getName().compareTo(other.getName()));
        return types;
    }

    private static boolean isOpen(Class<?> type) {
        return !type.isSynthetic() && isOpen(type.getModifiers()) && (type.getDeclaringClass() == null || isOpen(type.getDeclaringClass()));
    }

    private static boolean isOpen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static void describe(Class<?> type, List<String> into) {
        into.add("");
        into.add(head(type));
        List<String> members = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (isOpen(field.getModifiers()) && !field.isSynthetic()) {
                members.add("  " + modifiers(field.getModifiers()) + name(field.getGenericType()) + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isOpen(constructor.getModifiers()) && !constructor.isSynthetic() && !isCanonical(type, constructor)) {
                members.add("  " + modifiers(constructor.getModifiers()) + "new" + parameters(constructor));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isOpen(method.getModifiers()) && !method.isSynthetic()) {
                members.add("  " + modifiers(method.getModifiers()) + (method.isDefault() ? "default " : "")
                        + variables(method.getTypeParameters()) + name(method.getGenericReturnType()) + " " + method.getName() + parameters(method));
            }
        }
        Collections.sort(members);
        into.addAll(members);
    }

    private static String head(Class<?> type) {
        String kind = type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isAnnotation() ? "annotation"
                : type.isInterface() ? "interface" : "class";
        String above = Stream.concat(Stream.ofNullable(type.getGenericSuperclass()).filter(up -> !kind.equals("record") && !kind.equals("enum"))
                .filter(up -> up != Object.class), Arrays.stream(type.getGenericInterfaces())).map(PluginApiTest::name).collect(Collectors.joining(", "));
        return (type.isSealed() ? "sealed " : "") + (Modifier.isFinal(type.getModifiers()) && kind.equals("class") ? "final " : "")
                + (Modifier.isAbstract(type.getModifiers()) && kind.equals("class") ? "abstract " : "") + kind + " " + type.getName()
                + variables(type.getTypeParameters()).stripTrailing() + (above.isEmpty() ? "" : " : " + above) + deprecated(type);
    }

    /// Constructors of records are outside the promise, so that a component can be added.
    private static boolean isCanonical(Class<?> type, Constructor<?> constructor) {
        return type.isRecord() && Arrays.equals(constructor.getParameterTypes(),
                Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType).toArray(Class<?>[]::new));
    }

    private static String modifiers(int modifiers) {
        int told = modifiers & (Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL | Modifier.ABSTRACT);
        return told == 0 ? "" : Modifier.toString(told) + " ";
    }

    private static String parameters(Executable executable) {
        String thrown = Arrays.stream(executable.getGenericExceptionTypes()).map(PluginApiTest::name).collect(Collectors.joining(", "));
        return Arrays.stream(executable.getParameters()).map(Parameter::getParameterizedType).map(PluginApiTest::name)
                .collect(Collectors.joining(", ", "(", ")")) + (thrown.isEmpty() ? "" : " throws " + thrown) + deprecated(executable);
    }

    private static String variables(TypeVariable<?>[] variables) {
        return variables.length == 0 ? "" : Arrays.stream(variables)
                .map(variable -> variable.getName() + (variable.getBounds()[0] == Object.class ? "" : " extends "
                        + Arrays.stream(variable.getBounds()).map(PluginApiTest::name).collect(Collectors.joining(" & "))))
                .collect(Collectors.joining(", ", "<", "> "));
    }

    private static String deprecated(AnnotatedElement element) {
        return element.isAnnotationPresent(Deprecated.class) ? " deprecated" : "";
    }

    private static String name(Type type) {
        return type.getTypeName().replaceAll("\\bjava\\.(lang|util|time|io|nio\\.file|util\\.function)\\.(?=[A-Z])", "");
    }
}
