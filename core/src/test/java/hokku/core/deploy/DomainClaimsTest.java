package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Domain;
import hokku.api.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A domain leads to one app.
class DomainClaimsTest {
    @TempDir
    private Path folder;
    private House house;

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
    }

    @Test
    void aSecondClaimOfADomainIsRefusedWithTheOwnersName() throws Exception {
        house.push();
        house.change(app -> app.withDomains(List.of(Domain.of("www.example.com")), false));
        AppName other = AppName.of("other");
        house.apps.create(other);

        assertThatThrownBy(() -> house.apps.change(other, app -> app.withDomains(List.of(Domain.of("www.example.com")), false),
                Apps.Restart.IF_NEEDED, house.out)).hasMessageContaining("belongs to the app hello");
    }

    @Test
    void twoAppsThatClaimADomainAtTheSameTimeDoNotBothGetIt() throws Exception {
        house.push();
        AppName other = AppName.of("other");
        house.apps.create(other);
        List<Throwable> refused = new ArrayList<>();
        house.proxy.atPrepare = () -> refused.add(catchThrowable(() -> house.apps.change(other,
                app -> app.withDomains(List.of(Domain.of("www.example.com")), false), Apps.Restart.IF_NEEDED, house.out)));

        house.change(app -> app.withDomains(List.of(Domain.of("www.example.com")), false));

        assertThat(refused).singleElement().asInstanceOf(InstanceOfAssertFactories.THROWABLE)
                .hasMessageContaining("belongs to the app hello");
        assertThat(house.catalogue.get(other).domains()).isEmpty();
    }

    @Test
    void aClaimThatCameToNothingKeepsNoDomain() throws Exception {
        house.push();
        house.proxy.atPrepare = () -> {
            throw new UserError("no");
        };
        assertThatThrownBy(() -> house.change(app -> app.withDomains(List.of(Domain.of("www.example.com")), false))).hasMessageContaining("no");
        AppName other = AppName.of("other");
        house.apps.create(other);

        house.apps.change(other, app -> app.withDomains(List.of(Domain.of("www.example.com")), false), Apps.Restart.IF_NEEDED, house.out);

        assertThat(house.catalogue.get(other).domains()).hasSize(1);
    }

    @Test
    void aDomainOfTheWholeServerThatWouldGiveAnAppTheNameOfAnotherOneIsRefused() throws Exception {
        house.push();
        AppName other = AppName.of("other");
        house.apps.create(other);
        house.apps.change(other, app -> app.withDomains(List.of(Domain.of("hello.example.com")), true), Apps.Restart.IF_NEEDED, house.out);

        assertThatThrownBy(() -> house.apps.changeGlobal(global -> global.withDomains(List.of(Domain.of("example.com"))),
                Apps.Restart.IF_NEEDED, house.out)).hasMessageContaining("hello would get the domain hello.example.com")
                .hasMessageContaining("belongs to the app other");

        assertThat(house.apps.global().domains()).isEmpty();
    }
}
