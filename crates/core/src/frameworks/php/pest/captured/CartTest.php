<?php

function isOne($x) { expect($x)->toBe(1); }

it('adds', function () { expect(1 + 1)->toBe(2); });
test('fails in a helper', function () { isOne(2); });
test('throws', function () { throw new RuntimeException("broken 'x' [y]"); });

describe('group', function () {
    it('adds', fn () => expect(true)->toBeTrue());
    describe('in (ner)', function () {
        test("deep / \$lash", function () { expect([1])->toBe([2]); });
    });
})->group('slow');

test('skips', function () {})->skip('not today');
todo('later');
test('risky', function () {});
it('has rows', function (int $a) { expect($a)->toBeLessThan(3); })->with([[1], 'three' => [3]]);
foreach (['a', 'b'] as $x) {
    it("loops $x!", fn () => expect($x)->toBe('a'));
}
test()->expect(['x' => true])->not->toBeEmpty();
