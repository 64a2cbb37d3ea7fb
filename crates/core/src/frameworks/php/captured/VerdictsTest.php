<?php
use PHPUnit\Framework\TestCase;
interface Mailer { public function send(string $to): bool; }
final class VerdictsTest extends TestCase
{
    public function testThrowsNothing(): void { $this->expectException(LogicException::class); }
    public function testThrowsAnother(): void { $this->expectException(LogicException::class); throw new RuntimeException('x'); }
    public function testSaysAnother(): void { $this->expectExceptionMessage('foo'); throw new RuntimeException('x'); }
    public function testCallsNobody(): void { $this->createMock(Mailer::class)->expects($this->once())->method('send'); }
    public function testPrintsAnother(): void { $this->expectOutputString('foo'); echo 'bar'; }
    public function testFails(): void { $this->assertSame(1, 2); }
    public function testErrs(): void { throw new RuntimeException('x'); }
    public function testIsRisky(): void {}
    public function testPasses(): void { $this->assertTrue(true); }
}
