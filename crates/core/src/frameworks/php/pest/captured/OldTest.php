<?php

namespace Tests\Feature;

final class OldTest extends \PHPUnit\Framework\TestCase
{
    public function test_it_adds(): void { self::assertSame(2, 1 + 1); }
    public function testThrows(): void { throw new \LogicException('old'); }
}
