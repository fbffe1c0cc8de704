package hokku.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The walls between the packages of the core: who may import what.
class WallsTest {
    private static final String CORE = "hokku.core";
    /// The packages of the core that each of them may use. Only [Server] and its neighbours in `hokku.core` may use all.
    private static final Map<String, Set<String>> MAY_USE = Map.of(
            "state", Set.of(),
            "plugin", Set.of("state"),
            "docker", Set.of("state"),
            "ssh", Set.of("state"),
            "git", Set.of("state"),
            "deploy", Set.of("plugin", "git", "state", "docker"),
            "datastore", Set.of("deploy", "plugin", "state", "docker"),
            "command", Set.of("deploy", "datastore", "plugin", "ssh", "git", "state"),
            "doctor", Set.of("command", "datastore", "deploy", "plugin", "state"),
            "manual", Set.of("command", "plugin"));
    /// Libraries that are known to one package alone.
    private static final Map<String, Set<String>> ALONE = Map.of(
            "git", Set.of("org.eclipse.jgit.."),
            "ssh", Set.of("org.apache.sshd..", "org.bouncycastle.crypto..", "org.bouncycastle.jce..", "org.bouncycastle.openssl.."),
            "datastore.backup", Set.of("software.amazon..", "org.bouncycastle.openpgp..", "org.bouncycastle.bcpg.."),
            "plugin", Set.of("org.pf4j..", "com.cronutils.."),
            "docker", Set.of("com.github.dockerjava.core..", "com.github.dockerjava.transport..", "com.github.dockerjava.zerodep.."));

    private final JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("hokku");

    @Test
    void everyPackageUsesOnlyThoseItMay() {
        MAY_USE.forEach((name, allowed) -> {
            Set<String> forbidden = new TreeSet<>(MAY_USE.keySet());
            forbidden.removeAll(allowed);
            forbidden.remove(name);
            Set<String> packages = forbidden.stream().map(one -> CORE + "." + one + "..").collect(Collectors.toCollection(TreeSet::new));
            packages.add(CORE);
            noClasses().that().resideInAPackage(CORE + "." + name + "..").should().dependOnClassesThat()
                    .resideInAnyPackage(packages.toArray(String[]::new)).check(classes);
        });
    }

    @Test
    void noPackageIsWithoutWalls() {
        assertThat(classes.stream().map(JavaClass::getPackageName).filter(name -> name.startsWith(CORE + "."))
                .map(name -> name.substring(CORE.length() + 1).split("\\.")[0])).isSubsetOf(MAY_USE.keySet());
    }

    @Test
    void everyLibraryIsKnownToItsPackageAlone() {
        ALONE.forEach((name, libraries) -> noClasses().that().resideOutsideOfPackage(CORE + "." + name + "..").should()
                .dependOnClassesThat().resideInAnyPackage(libraries.toArray(String[]::new)).check(classes));
    }

    @Test
    void theApiKnowsNothingOfTheCore() {
        noClasses().that().resideInAPackage("hokku.api..").should().dependOnClassesThat().resideInAnyPackage(CORE + "..").check(classes);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("hokku.core.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void nothingIsWrittenToTheStandardStreams() {
        GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
    }
}
