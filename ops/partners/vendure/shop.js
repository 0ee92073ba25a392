// A Vendure shop on 127.0.0.1 whose database is one file.
//
//   SHOP_PORT      where it listens
//   SHOP_DATABASE  the file; made if it is not there
//   SHOP_PASSWORD  the superadministrator's

const {
    AddressBasedTaxZoneStrategy,
    DefaultLogger,
    LanguageCode,
    LogLevel,
    PaymentMethodHandler,
    TransactionalConnection,
    bootstrap,
    dummyPaymentHandler,
} = require('@vendure/core');

const SAVE_WITHIN_MS = 2000;
const GIVEN_UP_AFTER_MS = 3000;

// The shop never takes this money itself: it keeps what the payment provider gave the shopper, and who fulfils the
// order authorises and captures with it.
const byToken = new PaymentMethodHandler({
    code: 'payment-by-token',
    description: [{ languageCode: LanguageCode.en, value: 'A token of a payment provider' }],
    args: {},
    createPayment: (ctx, order, amount, args, metadata) =>
        typeof metadata.token === 'string' && metadata.token
            ? { amount, state: 'Authorized', transactionId: metadata.token, metadata: {} }
            : { amount, state: 'Declined', errorMessage: 'no token', metadata: {} },
    settlePayment: () => ({ success: true }),
    cancelPayment: () => ({ success: true }),
    createRefund: () => ({ state: 'Settled' }),
});

// Its database runs in the process and knows one transaction at a time: so does the shop one request.
let last = Promise.resolve();

function inTurn(work) {
    last = last.then(work, work);
    return last;
}

function oneAtATime(request, response, next) {
    inTurn(
        () =>
            new Promise(done => {
                const end = response.end;
                response.end = (...given) => {
                    done();
                    return end.apply(response, given);
                };
                // Who hangs up may never be answered: then what he asked for has this long to come to its end.
                response.on('close', () => setTimeout(done, GIVEN_UP_AFTER_MS));
                next();
            }),
    );
    keepSoon();
}

let database;
let planned = false;

async function keep() {
    planned = false;
    await database.driver.save();
    // Saving opens the database anew, without what was asked of it.
    await database.query('PRAGMA foreign_keys = ON');
}

function keepSoon() {
    if (database && !planned) {
        planned = true;
        setTimeout(() => inTurn(keep), SAVE_WITHIN_MS);
    }
}

async function main() {
    const app = await bootstrap({
        apiOptions: {
            hostname: '127.0.0.1',
            port: Number(process.env.SHOP_PORT),
            adminApiPath: 'admin-api',
            shopApiPath: 'shop-api',
            middleware: [
                { route: 'admin-api', handler: oneAtATime },
                { route: 'shop-api', handler: oneAtATime },
            ],
        },
        authOptions: {
            tokenMethod: ['bearer', 'api-key'],
            superadminCredentials: { identifier: 'superadmin', password: process.env.SHOP_PASSWORD },
            requireVerification: false,
        },
        dbConnectionOptions: {
            type: 'sqljs',
            synchronize: true,
            autoSave: false,
            location: process.env.SHOP_DATABASE,
            logging: false,
        },
        paymentOptions: { paymentMethodHandlers: [byToken, dummyPaymentHandler] },
        // What a channel adapter asks of a shop: somewhere to note which offer of stock it was last told.
        customFields: { ProductVariant: [{ name: 'offerVersion', type: 'int', nullable: true, public: false }] },
        taxOptions: { taxZoneStrategy: new AddressBasedTaxZoneStrategy() },
        plugins: [],
        logger: new DefaultLogger({ level: LogLevel.Warn }),
    });
    database = app.get(TransactionalConnection).rawConnection;
    process.on('SIGTERM', () =>
        inTurn(keep).then(
            () => process.exit(0),
            () => process.exit(1),
        ),
    );
    console.log('the shop is open');
}

main().catch(error => {
    console.error(error);
    process.exit(1);
});
