package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import hokku.api.AppName;
import hokku.api.ProcessType;
import hokku.api.UserError;
import hokku.api.hook.AppEvent;
import hokku.api.hook.PostBuild;
import hokku.api.hook.PostDeploy;
import hokku.api.hook.PostRelease;
import hokku.api.hook.PreBuild;
import hokku.api.hook.PreDeploy;
import hokku.api.hook.PreRelease;
import hokku.api.hook.PreRoute;
import hokku.api.hook.PreStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PipelineTest {
    private enum Stage { PRE_BUILD, BUILD, POST_BUILD, PRE_RELEASE, POST_RELEASE, PRE_DEPLOY, PRE_START, START, PRE_ROUTE, PREPARE, COMMIT }

    private enum Kind { USER_ERROR, BUG, INTERRUPT }

    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    @AfterEach
    void noInterruptIsLeft() {
        Thread.interrupted();
    }

    private static Stream<Arguments> everyFailureAtEveryStage() {
        return Stream.of(Stage.values()).flatMap(stage -> Stream.of(Kind.values()).map(kind -> Arguments.of(stage, kind)));
    }

    @ParameterizedTest
    @MethodSource("everyFailureAtEveryStage")
    void aFailureAtAnyStageRefusesThePushAndLeavesTheFormerReleaseServing(Stage stage, Kind kind) throws Exception {
        house.push();
        long revision = house.app().revision();
        strikeAt(stage, () -> {
            switch (kind) {
                case USER_ERROR -> throw new UserError("not today");
                case BUG -> throw new IllegalStateException("a bug");
                case INTERRUPT -> {
                    Thread.currentThread().interrupt();
                    throw new InterruptedException();
                }
            }
        });

        Throwable failure = catchThrowable(() -> house.push());

        assertThat(failure).isNotNull();
        switch (kind) {
            case USER_ERROR -> assertThat(failure).isInstanceOf(UserError.class).hasMessageContaining("not today");
            case BUG -> assertThat(failure).isInstanceOf(UserError.class).hasMessageContaining("plugin").hasMessageContaining("a bug");
            case INTERRUPT -> assertThat(failure).isInstanceOfAny(InterruptedException.class, UserError.class);
        }
        Thread.interrupted();
        assertThat(house.served()).isEqualTo(1);
        assertThat(house.app().release().orElseThrow().number()).isEqualTo(1);
        assertThat(house.app().revision()).isEqualTo(revision);
        await().untilAsserted(() -> assertThat(house.instances()).hasSize(1));
        house.restart();
        assertThat(house.app().release().orElseThrow().number()).isEqualTo(1);
    }

    private void strikeAt(Stage stage, House.Trouble trouble) {
        switch (stage) {
            case PRE_BUILD -> house.hook(PreBuild.class, (source, out) -> {
                trouble.strike();
                return source;
            });
            case BUILD -> house.builder.trouble = trouble;
            case POST_BUILD -> house.hook(PostBuild.class, (image, out) -> trouble.strike());
            case PRE_RELEASE -> house.hook(PreRelease.class, (release, out) -> {
                trouble.strike();
                return release;
            });
            case POST_RELEASE -> house.hook(PostRelease.class, (release, out) -> trouble.strike());
            case PRE_DEPLOY -> house.hook(PreDeploy.class, (deployment, out) -> {
                trouble.strike();
                return deployment;
            });
            case PRE_START -> house.hook(PreStart.class, (spec, out) -> {
                trouble.strike();
                return spec;
            });
            case START -> house.scheduler.failStartsOf(spec -> spec.release() == 2);
            case PRE_ROUTE -> house.hook(PreRoute.class, (route, out) -> {
                trouble.strike();
                return route;
            });
            case PREPARE -> house.proxy.atPrepare = trouble;
            case COMMIT -> house.proxy.atCommit = trouble;
        }
        if (stage == Stage.START) {
            house.hook(PreStart.class, (spec, out) -> {
                trouble.strike();
                return spec;
            });
        }
    }

    @Test
    void aPushGoesThroughAllHooksInOrderAndIsLive() throws Exception {
        List<String> seen = new ArrayList<>();
        house.hook(PreBuild.class, (source, out) -> {
            seen.add("pre-build");
            return source;
        });
        house.hook(PostBuild.class, (image, out) -> seen.add("post-build"));
        house.hook(PreRelease.class, (release, out) -> {
            seen.add("pre-release");
            return release.withNote("test.note", "kept");
        });
        house.hook(PostRelease.class, (release, out) -> seen.add("post-release " + release.notes()));
        house.hook(PreDeploy.class, (deployment, out) -> {
            seen.add("pre-deploy");
            return deployment;
        });
        house.hook(PreStart.class, (spec, out) -> {
            seen.add("pre-start " + spec.process());
            return spec.withEnv(spec.env().with("AMENDED", "yes"));
        });
        house.hook(PreRoute.class, (route, out) -> {
            seen.add("pre-route");
            return route;
        });
        house.hook(PostDeploy.class, (live, out) -> seen.add("post-deploy " + live.urls()));

        House.MemoryPush push = house.push();

        assertThat(seen).containsExactly("pre-build", "post-build", "pre-release", "post-release {test.note=kept}", "pre-deploy",
                "pre-start web", "pre-route", "post-deploy [http://hello.192.0.2.7.sslip.io]");
        assertThat(push.moved).isTrue();
        assertThat(house.served()).isEqualTo(1);
        assertThat(house.out.text()).contains("=====> Application deployed:\n       http://hello.192.0.2.7.sslip.io");
        assertThat(house.events).hasAtLeastOneElementOfType(AppEvent.Created.class);
    }

    @Test
    void aHookThatFailsAfterTheDeployOnlyWarnsAndTheNextOneStillRuns() throws Exception {
        List<String> seen = new ArrayList<>();
        house.hook(PostDeploy.class, (live, out) -> {
            throw new IllegalStateException("mail server down");
        });
        house.hook(PostDeploy.class, (live, out) -> seen.add("second"));

        assertThat(house.push().moved).isTrue();

        assertThat(seen).containsExactly("second");
        assertThat(house.out.text()).contains("plugin test-plugin failed in post-deploy: mail server down");
    }

    @Test
    void aRefusalOfAPluginKeepsItsOwnWordsAndNamesThePlugin() {
        house.hook(PreDeploy.class, (deployment, out) -> {
            throw new UserError("No deploys on Fridays");
        });

        assertThatThrownBy(house::push).hasMessage("No deploys on Fridays (plugin test-plugin, pre-deploy)");
        assertThat(house.app().release()).isEmpty();
    }

    @Test
    void aReleaseProcessThatFailsRefusesThePush() throws Exception {
        house.push();
        house.builder.processes.put(ProcessType.RELEASE, List.of("sh", "-c", "exit 3"));

        assertThatThrownBy(house::push).hasMessageContaining("Execution of release task failed with exit code 3");

        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void numbersAreNeverUsedAgain() throws Exception {
        house.push();
        house.builder.trouble = () -> {
            throw new UserError("broken");
        };
        assertThatThrownBy(house::push).isInstanceOf(UserError.class);
        house.builder.trouble = () -> { };
        house.restart();
        house.push();

        assertThat(house.app().release().orElseThrow().number()).isEqualTo(3);
    }

    @Test
    void whyNobodyCanReachAnAppIsTold() throws Exception {
        house.builder.processes = new TreeMap<>(Map.of(ProcessType.of("worker"), List.of("work")));
        house.push();

        assertThat(house.apps.unreachable(House.APP)).isEqualTo("it has no web process");
        assertThat(house.out.text()).contains("Not reachable through the proxy: it has no web process", "ps:scale hello worker=<count>");
    }

    @Test
    void aPushToAnAppThatWasDestroyedAndMadeAnewWhileItWasBuiltIsRefused() throws Exception {
        house.push();
        house.builder.trouble = () -> {
            house.apps.destroy(House.APP, house.out);
            house.apps.create(House.APP);
        };

        assertThatThrownBy(house::push).isInstanceOf(UserError.class).hasMessageContaining("was destroyed while this was built");

        assertThat(house.app().release()).isEmpty();
        assertThat(house.scheduler.instances()).isEmpty();
    }

    @Test
    void twoFirstPushesAtTheSameTimeMakeOneApp() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 100; round++) {
                AppName app = AppName.of("app-" + round);
                Callable<Boolean> admission = () -> {
                    house.deploys.admit(app, House.ALICE, true);
                    return true;
                };
                for (var admitted : threads.invokeAll(List.of(admission, admission))) {
                    assertThat(admitted.get()).isTrue();
                }
            }
        }
    }
}
