<?php

declare(strict_types=1);

namespace Sample\Greeting;

final class Greeting
{
    public static function for(string $name): string
    {
        return "Hello from $name";
    }
}
