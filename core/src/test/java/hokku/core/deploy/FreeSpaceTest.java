package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.UserError;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {
    @TempDir
    private Path folder;

    private void set(House house, String text) throws Exception {
        house.catalogue.storeGlobal(house.catalogue.global().withSetting(FreeSpace.LEAST, text));
    }

    @Test
    void aPushIsRefusedBeforeItBeginsWhileTheDiskIsNearlyFull() throws Exception {
        House house = new House(folder);
        set(house, "99%");

        assertThatThrownBy(() -> house.push()).isInstanceOf(UserError.class)
                .hasMessageContaining("nearly full").hasMessageContaining("cleanup").hasMessageContaining("builds:set --global min-free-space");
        assertThat(house.catalogue.find(House.APP)).isEmpty();
    }

    @Test
    void aBuildThatFillsTheDiskIsEndedAndTheReasonIsTold() throws Exception {
        House house = new House(folder);
        house.push();
        house.builder.trouble = () -> {
            try {
                // As if the disk were nearly full all of a sudden.
                set(house, "900000000g");
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
            new CountDownLatch(1).await();
        };

        assertThatThrownBy(() -> house.push()).isInstanceOf(UserError.class).hasMessageContaining("it filled the disk of the server")
                .hasMessageContaining("builds:set --global min-free-space");

        assertThat(Thread.interrupted()).isFalse();
        set(house, "0");
        house.builder.trouble = () -> { };
        assertThatCode(house::push).doesNotThrowAnyException();
    }

    @Test
    void theLeastOfSeveralAmountsCounts() throws Exception {
        House house = new House(folder);
        set(house, "99% 0");
        assertThatCode(house::push).doesNotThrowAnyException();
        set(house, "99%, 1k");
        assertThatCode(house::push).doesNotThrowAnyException();
        assertThat(FreeSpace.LEAST.print(FreeSpace.LEAST.parse("99%,1k"))).isEqualTo("99% 1k");
    }

    @Test
    void whatIsNoAmountIsRefused() {
        for (String text : new String[] {"much", "5", "100%", "-1m"}) {
            assertThatThrownBy(() -> FreeSpace.LEAST.parse(text)).as(text).isInstanceOf(UserError.class).hasMessageContaining("se an amount")
                    .hasMessageContaining("500m, 5% or 0");
        }
    }

    @Test
    void amountsAreToldInWords() {
        assertThat(FreeSpace.words(0)).isEqualTo("0.0 kB");
        assertThat(FreeSpace.words(300L << 20)).isEqualTo("300 MB");
        assertThat(FreeSpace.words(3L << 29)).isEqualTo("1.5 GB");
    }
}
