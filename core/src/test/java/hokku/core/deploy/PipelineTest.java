package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import hokku.api.Apps;
import hokku.api.Domain;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
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
        await().untilAsserted(() -> assertThat(house.scheduler.instances(house.app().id())).hasSize(1));
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
    void aChangeOfVariablesRollsOutAndAFailedOneLeavesThemAsTheyWere() throws Exception {
        house.push();
        house.apps.change(House.APP, app -> app.withEnv(app.env().with("A", "1")), Apps.Restart.IF_NEEDED, house.out);
        assertThat(house.app().env().get("A")).contains("1");
        house.scheduler.failStartsOf(spec -> true);

        assertThatThrownBy(() -> house.apps.change(House.APP, app -> app.withEnv(app.env().with("A", "2")), Apps.Restart.IF_NEEDED, house.out))
                .isInstanceOf(UserError.class);

        assertThat(house.app().env().get("A")).contains("1");
        assertThat(house.served()).isEqualTo(1);
        house.restart();
        assertThat(house.app().env().get("A")).contains("1");
    }

    @Test
    void aRollbackBringsBackCodeAndVariablesAndKeepsDomains() throws Exception {
        house.push();
        house.apps.change(House.APP, app -> app.withEnv(app.env().with("A", "new")), Apps.Restart.IF_NEEDED, house.out);
        house.apps.change(House.APP, app -> app.withDomains(List.of(Domain.of("www.example.com")), false), Apps.Restart.IF_NEEDED, house.out);
        house.push();
        assertThat(house.served()).isEqualTo(2);

        house.apps.rollback(House.APP, Optional.empty(), House.ALICE, house.out);

        assertThat(house.served()).isEqualTo(1);
        assertThat(house.app().env().isEmpty()).isTrue();
        assertThat(house.proxy.routes.get(House.APP).domains()).contains(Domain.of("www.example.com"));
        house.restart();
        assertThat(house.app().release().orElseThrow().number()).isEqualTo(1);
        assertThat(house.app().env().isEmpty()).isTrue();
    }

    @Test
    void scalingUpKeepsWhatRuns() throws Exception {
        house.push();
        String first = house.scheduler.instances(house.app().id()).getFirst().container();

        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 3))), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.scheduler.instances(house.app().id())).hasSize(3).anyMatch(instance -> instance.container().equals(first));
        assertThat(house.proxy.routes.get(House.APP).endpoints()).hasSize(3);

        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 1))), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.proxy.routes.get(House.APP).endpoints()).hasSize(1);
        await().untilAsserted(() -> assertThat(house.scheduler.instances(house.app().id())).hasSize(1)
                .allMatch(instance -> instance.container().equals(first)));
    }

    @Test
    void containersThatOnlyFinishWhatTheyServeAreNotLiveAnyMore() throws Exception {
        house.push();
        house.proxy.drained = new CountDownLatch(1);

        house.apps.restart(House.APP, House.ALICE, house.out);
        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 0))), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.apps.live(House.APP)).isEmpty();
        assertThat(house.apps.instances(House.APP)).hasSize(2);
        house.proxy.drained.countDown();
        await().untilAsserted(() -> assertThat(house.apps.instances(House.APP)).isEmpty());
    }

    @Test
    void aRollbackToAReleaseWhoseImageIsGoneIsRefusedBeforeAnythingStarts() throws Exception {
        house.push();
        house.push();
        house.images.removeIf(image -> image.endsWith("1"));

        assertThatThrownBy(() -> house.apps.rollback(House.APP, Optional.of(1), House.ALICE, house.out))
                .hasMessageContaining("image of release 1 of hello was removed").hasMessageContaining("%040d:".formatted(1));

        assertThat(house.served()).isEqualTo(2);
    }

    @Test
    void whyNobodyCanReachAnAppIsTold() throws Exception {
        house.builder.processes = new TreeMap<>(Map.of(ProcessType.of("worker"), List.of("work")));
        house.push();

        assertThat(house.apps.unreachable(House.APP)).isEqualTo("it has no web process");
        assertThat(house.out.text()).contains("Not reachable through the proxy: it has no web process", "ps:scale hello worker=<count>");
    }

    @Test
    void anAppIsDestroyedEvenWhenTheProxyCannotForgetIt() throws Exception {
        house.push();
        house.proxy.atUnroute = () -> {
            throw new UserError("no space");
        };

        house.apps.destroy(House.APP, house.out);

        assertThat(house.apps.find(House.APP)).isEmpty();
        assertThat(house.scheduler.instances()).isEmpty();
        assertThat(house.out.text()).contains("The route of hello is left: no space");
    }

    @Test
    void theNextStartLetsFormerContainersFinishWhatTheyServe() throws Exception {
        house.push();
        house.proxy.drained = new java.util.concurrent.CountDownLatch(1);
        house.push();
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(java.time.Duration.ofSeconds(10))).isTrue();
        assertThat(house.scheduler.instances(house.app().id())).hasSize(2);

        house.proxy.drained.countDown();

        await().untilAsserted(() -> assertThat(house.scheduler.instances(house.app().id())).hasSize(1));
        house.reconciler.close();
    }

    @Test
    void aScaleThatIsStoredForTheNextDeployChangesNothingOfWhatRuns() throws Exception {
        house.apps.create(House.APP);
        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 2))), Apps.Restart.NEVER, house.out);
        house.push();
        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 1))), Apps.Restart.NEVER, house.out);
        house.restart();

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(java.time.Duration.ofSeconds(10))).isTrue();
        assertThat(house.scheduler.instances(house.app().id())).hasSize(2);
        assertThat(house.proxy.routes.get(House.APP).endpoints()).hasSize(2);
        house.reconciler.close();
    }

    @Test
    void aScaleThatFailsLeavesWhatRanBefore() throws Exception {
        house.push();
        String first = house.scheduler.instances(house.app().id()).getFirst().container();
        house.scheduler.failStartsOf(spec -> true);

        assertThatThrownBy(() -> house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, 3))),
                Apps.Restart.IF_NEEDED, house.out)).isInstanceOf(UserError.class);

        assertThat(house.scheduler.instances(house.app().id())).hasSize(1).allMatch(instance -> instance.container().equals(first));
        assertThat(house.app().scale()).isEmpty();
        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void aStoppedAppHasNoContainersAndComesBackWithItsRelease() throws Exception {
        house.push();
        house.apps.change(House.APP, app -> app.withStopped(true), Apps.Restart.IF_NEEDED, house.out);
        assertThat(house.scheduler.instances(house.app().id())).isEmpty();
        assertThat(house.proxy.routes.get(House.APP).endpoints()).isEmpty();

        house.apps.change(House.APP, app -> app.withStopped(false), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void aSecondClaimOfADomainIsRefusedWithTheOwnersName() throws Exception {
        house.push();
        house.apps.change(House.APP, app -> app.withDomains(List.of(Domain.of("www.example.com")), false), Apps.Restart.IF_NEEDED, house.out);
        hokku.api.AppName other = hokku.api.AppName.of("other");
        house.apps.create(other);

        assertThatThrownBy(() -> house.apps.change(other, app -> app.withDomains(List.of(Domain.of("www.example.com")), false),
                Apps.Restart.IF_NEEDED, house.out)).hasMessageContaining("belongs to the app hello");
    }

    @Test
    void aDomainOfTheWholeServerThatWouldGiveAnAppTheNameOfAnotherOneIsRefused() throws Exception {
        house.push();
        hokku.api.AppName other = hokku.api.AppName.of("other");
        house.apps.create(other);
        house.apps.change(other, app -> app.withDomains(List.of(Domain.of("hello.example.com")), true), Apps.Restart.IF_NEEDED, house.out);

        assertThatThrownBy(() -> house.apps.changeGlobal(global -> global.withDomains(List.of(Domain.of("example.com"))),
                Apps.Restart.IF_NEEDED, house.out)).hasMessageContaining("hello would get the domain hello.example.com")
                .hasMessageContaining("belongs to the app other");

        assertThat(house.apps.global().domains()).isEmpty();
    }

    @Test
    void aReleaseProcessThatFailsRefusesThePush() throws Exception {
        house.push();
        house.builder.processes.put(ProcessType.RELEASE, List.of("sh", "-c", "exit 3"));

        assertThatThrownBy(house::push).hasMessageContaining("Execution of release task failed with exit code 3");

        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void theNextStartMakesWhatRunsEqualToTheJournal() throws Exception {
        house.push();
        house.scheduler.retire(house.app().id(), instance -> true);
        house.proxy.routes.clear();
        house.restart();

        house.reconciler.start();

        assertThat(house.reconciler.awaitSettled(java.time.Duration.ofSeconds(10))).isTrue();
        assertThat(house.served()).isEqualTo(1);
        house.reconciler.close();
    }

    @Test
    void anEngineThatIsAwayAtTheStartIsWaitedFor() throws Exception {
        house.push();
        house.scheduler.away(true);
        house.restart();
        house.reconciler.start();
        assertThat(house.reconciler.isSettled()).isFalse();

        house.scheduler.away(false);

        assertThat(house.reconciler.awaitSettled(java.time.Duration.ofSeconds(20))).isTrue();
        assertThat(house.served()).isEqualTo(1);
        house.reconciler.close();
    }

    @Test
    void containersThatComeBackAtAnotherAddressAreFollowed() throws Exception {
        house.push();
        house.reconciler.start();
        assertThat(house.reconciler.awaitSettled(java.time.Duration.ofSeconds(10))).isTrue();
        var before = house.proxy.routes.get(House.APP).endpoints();

        house.scheduler.restartEngine();

        await().untilAsserted(() -> {
            assertThat(house.served()).isEqualTo(1);
            assertThat(house.proxy.routes.get(House.APP).endpoints()).isNotEqualTo(before);
        });
        house.reconciler.close();
    }

    @Test
    void twoAppsThatClaimADomainAtTheSameTimeDoNotBothGetIt() throws Exception {
        house.push();
        hokku.api.AppName other = hokku.api.AppName.of("other");
        house.apps.create(other);
        List<Throwable> refused = new ArrayList<>();
        house.proxy.atPrepare = () -> refused.add(catchThrowable(() -> house.apps.change(other,
                app -> app.withDomains(List.of(Domain.of("www.example.com")), false), Apps.Restart.IF_NEEDED, house.out)));

        house.apps.change(House.APP, app -> app.withDomains(List.of(Domain.of("www.example.com")), false), Apps.Restart.IF_NEEDED, house.out);

        assertThat(refused).singleElement().asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE)
                .hasMessageContaining("belongs to the app hello");
        assertThat(house.catalogue.get(other).domains()).isEmpty();
    }

    @Test
    void aClaimThatCameToNothingKeepsNoDomain() throws Exception {
        house.push();
        house.proxy.atPrepare = () -> {
            throw new UserError("no");
        };
        assertThatThrownBy(() -> house.apps.change(House.APP, app -> app.withDomains(List.of(Domain.of("www.example.com")), false),
                Apps.Restart.IF_NEEDED, house.out)).hasMessageContaining("no");
        hokku.api.AppName other = hokku.api.AppName.of("other");
        house.apps.create(other);

        house.apps.change(other, app -> app.withDomains(List.of(Domain.of("www.example.com")), false), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.catalogue.get(other).domains()).hasSize(1);
    }

    @Test
    void aStopThatFailedHalfWayIsFinishedByTheNextOne() throws Exception {
        house.push();
        house.scheduler.failRetirements(true);
        assertThatThrownBy(() -> house.apps.change(House.APP, app -> app.withStopped(true), Apps.Restart.IF_NEEDED, house.out))
                .isInstanceOf(RuntimeException.class);
        house.scheduler.failRetirements(false);

        house.apps.change(House.APP, app -> app.withStopped(true), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.scheduler.instances(house.app().id())).isEmpty();
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
    void whatIsLiveHoldsAlthoughItsFileCouldNotBeMoved() throws Exception {
        house.push();
        Path desired = house.home.desired(House.APP);
        house.proxy.atCommit = () -> {
            java.nio.file.Files.delete(desired);
            java.nio.file.Files.createDirectories(desired.resolve("in-the-way"));
        };

        house.apps.change(House.APP, app -> app.withEnv(app.env().with("A", "1")), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.out.text()).contains("could not finish its records");
        assertThat(house.app().env().get("A")).contains("1");
    }

    @Test
    void aRollbackDoesNotGoToAReleaseThatTheProxyRefused() throws Exception {
        house.push();
        house.proxy.atCommit = () -> {
            throw new UserError("no");
        };
        assertThatThrownBy(house::push).hasMessageContaining("no");
        house.proxy.atCommit = () -> { };
        house.push();

        house.apps.rollback(House.APP, Optional.empty(), House.ALICE, house.out);

        assertThat(house.served()).isEqualTo(1);
    }

    @Test
    void formerContainersThatCouldNotBeEndedAreEndedLater() throws Exception {
        house.push();
        house.scheduler.failRetirements(true);
        house.push();
        assertThat(house.scheduler.instances(house.app().id())).hasSize(2);

        house.scheduler.failRetirements(false);

        await().untilAsserted(() -> assertThat(house.scheduler.instances(house.app().id())).hasSize(1));
        assertThat(house.served()).isEqualTo(2);
    }

    @Test
    void pluginsStayLoadedUntilFormerContainersAreGone() throws Exception {
        house.push();
        house.proxy.drained = new java.util.concurrent.CountDownLatch(1);
        house.push();
        assertThat(house.plugins.leases()).isEqualTo(1);

        house.proxy.drained.countDown();

        await().untilAsserted(() -> assertThat(house.plugins.leases()).isZero());
        assertThat(house.scheduler.instances(house.app().id())).hasSize(1);
    }

    @Test
    void imagesAreNotSweptWhileARollbackIsAboutToStartOne() throws Exception {
        house.push();
        house.push();
        await().until(() -> !house.deploys.isDeploying(House.APP));
        List<Thread> sweeps = new ArrayList<>();
        house.hook(PreStart.class, (spec, out) -> {
            sweeps.add(Thread.ofPlatform().start(() -> {
                try {
                    house.deploys.sweep(House.APP);
                } catch (InterruptedException never) {
                    throw new IllegalStateException(never);
                }
            }));
            await().until(() -> sweeps.getFirst().getState() == Thread.State.WAITING);
            return spec;
        });

        house.apps.rollback(House.APP, Optional.empty(), House.ALICE, house.out);

        assertThat(house.served()).isEqualTo(1);
        sweeps.getFirst().join();
    }

    @Test
    void containersThatAreAboutToEndDoNotComeBackIntoServiceWhenTheAppGrowsAgain() throws Exception {
        house.push();
        scale(3);
        house.proxy.drained = new java.util.concurrent.CountDownLatch(1);
        scale(1);
        scale(3);
        var served = house.proxy.routes.get(House.APP).endpoints();

        house.proxy.drained.countDown();

        await().until(() -> house.plugins.leases() == 0);
        assertThat(house.scheduler.instances(house.app().id()).stream().flatMap(instance -> instance.endpoints().stream()))
                .containsExactlyInAnyOrderElementsOf(served).hasSize(3);
    }

    private void scale(int count) throws Exception {
        house.apps.change(House.APP, app -> app.withScale(new TreeMap<>(Map.of(ProcessType.WEB, count))), Apps.Restart.IF_NEEDED, house.out);
    }

    @Test
    void twoFirstPushesAtTheSameTimeMakeOneApp() throws Exception {
        try (var threads = java.util.concurrent.Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 100; round++) {
                hokku.api.AppName app = hokku.api.AppName.of("app-" + round);
                java.util.concurrent.Callable<Boolean> admission = () -> {
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
