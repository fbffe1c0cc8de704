package hokku.dist;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The wall between plugins and everything but the API, for all shipped plugins at once.
class PluginWallsTest {
    private static final Set<String> SHARED = Set.of("hokku.api", "org.slf4j", "picocli", "com.github.dockerjava.api");

    /// Libraries that the jar of a plugin holds, for itself alone.
    private static final Map<String, Set<String>> BROUGHT_ALONG = Map.of("hokku.buildstep", Set.of("org.snakeyaml.engine"),
            "hokku.dockerlocal", Set.of("hokku.containers"), "hokku.swarm", Set.of("hokku.containers", "at.favre.lib"));

    private final JavaClasses plugins = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("hokku").that(describe("are part of a plugin", type -> isPlugin(type.getPackageName())));

    private static boolean isPlugin(String name) {
        return Stream.of("api", "core", "dist", "testkit").map(noPlugin -> "hokku." + noPlugin)
                .noneMatch(noPlugin -> name.equals(noPlugin) || name.startsWith(noPlugin + "."));
    }

    /// The package of a plugin: the first two words of a name.
    private static String plugin(String name) {
        return Stream.of(name.split("\\.")).limit(2).collect(Collectors.joining("."));
    }

    @Test
    void everyShippedPluginIsLookedAt() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("../plugins"))) {
            long shipped = folders.filter(folder -> Files.isDirectory(folder.resolve("src/main/java"))).count();
            assertThat(plugins.stream().map(type -> plugin(type.getPackageName())).distinct()).hasSize((int) shipped);
        }
    }

    @Test
    void pluginsTouchOnlyTheApiTheJdkAndThemselves() {
        plugins.stream().map(type -> plugin(type.getPackageName())).distinct().forEach(own -> classes().that()
                .resideInAPackage(own + "..").should().onlyDependOnClassesThat(describe("belong to the API, to the JDK or to " + own,
                        type -> isOpenTo(own, type))).check(plugins));
    }

    private static boolean isOpenTo(String own, JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return type.getBaseComponentType().isPrimitive() || name.startsWith("java.") || name.startsWith("javax.")
                || (name + ".").startsWith(own + ".")
                || Stream.concat(SHARED.stream(), BROUGHT_ALONG.getOrDefault(own, Set.of()).stream()).anyMatch(shared -> (name + ".").startsWith(shared + "."));
    }

    @Test
    void pluginsWriteNothingToTheStandardStreams() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(plugins);
    }
}
